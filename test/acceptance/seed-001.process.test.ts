// Seed 001, "Add thread to space": the sample request, and each of the three answers it documents.
import { createKeeper } from '../support/processes.js';
import { fromBuiltCli, playSeed } from './play.js';

playSeed('001', fromBuiltCli(createKeeper()));
