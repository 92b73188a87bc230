/** What fails from the signature on: see matrix.ts. */
import { testFaults } from './matrix.js';

testFaults(['sign', 'record', 'notify', 'deliver']);
