/** What fails where Intune is told later, by a timer: see matrix.ts. */
import { testFaults } from './matrix.js';

testFaults(['queue', 'tell'], { SKEP_INTUNE_NOTIFY: 'deferred' });
