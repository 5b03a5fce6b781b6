// The console: a page that shows what a mock server does, and steers it.
import { render } from 'preact';
import { App } from './app.js';
import './style/base.css';
import './style/parts.css';
import './style/views.css';

render(<App />, document.getElementById('app') as HTMLElement);
