/** @module The subject of a request of the doctor's: recognizable in the journal, and never used twice. */
import { toHex } from '../../lib/base/bytes.js';
import type { Patient } from './patient.js';

export const randomName = (client: string, { random }: Pick<Patient, 'random'>): string =>
  `CN=skep-doctor-${client}-${toHex(random(6)).toLowerCase()}`;
