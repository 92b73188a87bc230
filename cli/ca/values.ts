/** @module Values that the commands of `skep ca` are given as text. */
import { DAY_MS } from '../../lib/base/clock.js';
import { usageError } from '../terminal.js';

const MAX_YEARS = 30;

/** @throws {CliError} with exit code 2 */
export function parseYears(text: string): number {
  const years = Number(text);
  if (Number.isInteger(years) && years >= 1 && years <= MAX_YEARS) return years;
  throw usageError(`--years ${text} is not possible.`, `Give a whole number from 1 to ${MAX_YEARS}.`);
}

/** The timer makes the next CA's RA certificate within two days before the cut-over, and devices want to know earlier. */
const MIN_DAYS_AHEAD = 3;

/**
 * A day (midnight, UTC) or an instant.
 * @throws {CliError} with exit code 2
 */
export function parseCutOver(text: string, now: Date): Date {
  const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text) ? new Date(text) : undefined;
  if (!instant || Number.isNaN(instant.getTime()))
    throw usageError(`--cut-over ${text} is no date.`, 'Write it as 2027-01-31 or 2027-01-31T06:00:00Z.');
  if (instant.getTime() - now.getTime() < MIN_DAYS_AHEAD * DAY_MS)
    throw usageError(
      `--cut-over ${text} is too soon.`,
      `Leave at least ${MIN_DAYS_AHEAD} days, and as long as your devices need to get the new trusted certificate.`,
    );
  return instant;
}
