/** @module The words of both reports. */
import type { ScenarioName } from '../plan.js';
import type { Outcome } from './outcome.js';

export const TITLES = {
  enroll: 'Enrollments, evenly spread',
  renewal: 'Renewals on one morning',
  ocsp: 'OCSP at login time',
  mixed: 'A morning: enrollments, renewals, OCSP',
  overload: 'More than the server takes at once',
} as const satisfies Record<ScenarioName, string>;

export const OUTCOME_NAMES = {
  served: 'served',
  shed: 'turned away (429)',
  refused: 'refused',
  serverError: '5xx',
  timedOut: 'timed out',
  broken: 'broken',
} as const satisfies Record<Outcome, string>;

export const OPERATION_NAMES = { scep: 'SCEP', ocsp: 'OCSP' } as const;

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
