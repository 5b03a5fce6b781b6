// Seed 000, "Add vector store to space": the sample request, and each of the seven answers it
// documents.
import { inThisProcess, playSeed } from './play.js';

playSeed('000', inThisProcess);
