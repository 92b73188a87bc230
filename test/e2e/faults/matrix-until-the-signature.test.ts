/** What fails before anything is signed: see matrix.ts. */
import { testFaults } from './matrix.js';

testFaults(['recall', 'validate', 'reserve']);
