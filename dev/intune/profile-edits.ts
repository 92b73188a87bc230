/** @module What an edit of a SCEP profile sets off, whoever made it. */
import { queueOutdated } from './certificates.js';
import type { ScepProfile } from './model.js';
import type { SimulatorState } from './state.js';

/** Fields that a CSR shows. Editing one makes a new version; the others leave devices alone. */
const REQUEST_FIELDS = [
  'type',
  'subjectFormat',
  'subjectAlternativeNames',
  'keyUsage',
  'extendedKeyUsages',
  'keyLength',
  'validity',
  'requiresRegisteredKey',
] as const satisfies readonly (keyof ScepProfile)[];

/** Makes a new version of `row`, if the edit asks for one. @param before what it was. */
export function reviseProfile(state: SimulatorState, row: ScepProfile, before: ScepProfile): void {
  const edited = REQUEST_FIELDS.some((name) => JSON.stringify(row[name]) !== JSON.stringify(before[name]));
  if (!edited) return;
  row.version = Math.max(row.version, before.version + 1);
  queueOutdated(state, row);
}
