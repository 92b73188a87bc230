/** What fails at both ends of the path where the RA's key works in the vault: see matrix.ts. */
import { testFaults } from './matrix.js';

testFaults(['open', 'answer'], { SKEP_RA_KEY: 'vault' });
