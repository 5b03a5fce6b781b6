import { createRoot } from 'react-dom/client';
import { Stores } from './Stores.tsx';

createRoot(document.getElementById('app') as HTMLElement).render(<Stores space="space_abc123" />);
