/** @module One check: what must hold before it makes sense, and how it looks. */
import type { Outcome } from './outcome.js';
import type { Patient } from './patient.js';
import type { CheckId } from './questions.js';

export interface Check {
  readonly id: CheckId;
  /** Checks that come before it and must be neither bad nor blocked. */
  readonly needs: readonly CheckId[];
  /** May throw: then the check is bad, with what was thrown. */
  look(patient: Patient): Promise<Outcome> | Outcome;
}
