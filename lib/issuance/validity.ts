/** @module From when to when: what the request asks for, within the profile and the CA certificate. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { RandomBytes } from '../base/random.js';
import type { Shaper } from './pipeline.js';

const PERIOD = 'ValidityPeriod';
const UNITS = 'ValidityPeriodUnits';

/** The words of ValidityPeriod, singular; how each moves a date by a count. */
const STEPS: ReadonlyMap<string, (from: Date, count: number) => Date> = new Map([
  ['hour', (from, count) => addMilliseconds(from, count * HOUR_MS)],
  ['day', (from, count) => addMilliseconds(from, count * DAY_MS)],
  ['week', (from, count) => addMilliseconds(from, count * 7 * DAY_MS)],
  ['month', (from, count) => addMonths(from, count)],
  ['year', (from, count) => addMonths(from, count * 12)],
]);

/**
 * - the start is now less the profile's backdating, and not before the CA certificate's own;
 * - the end is what was asked for or the default, counted from now, never later than the profile or the CA allows;
 * - jitter brings the end forward.
 * @throws {SkepError} `ERR_VALIDITY` when the CA certificate leaves nothing.
 */
export const shapeValidity: Shaper<'validity'> = ({ csr, profile, issuer, now, random, note }) => {
  const { notBefore: issuerStart, notAfter: issuerEnd } = issuer.certificate;
  if (!(issuerStart <= now && now < issuerEnd)) throw new SkepError('ERR_VALIDITY');

  const latest = addMilliseconds(now, profile.maxValidityDays * DAY_MS);
  const asked = readRequestedEnd(csr.nameValuePairs, now);
  if (asked === 'unreadable') note('validity-unreadable', `${PERIOD} and ${UNITS}`);
  const wanted = asked instanceof Date ? asked : addMilliseconds(now, profile.defaultValidityDays * DAY_MS);
  if (wanted > latest) note('validity-capped', `${String(profile.maxValidityDays)} days`);

  const end = Math.min(wanted.getTime(), latest.getTime(), issuerEnd.getTime());
  const jitter = profile.jitterPercent === 0 ? 0 : (profile.jitterPercent / 100) * fraction(random);
  const jitterMs = (end - now.getTime()) * jitter;
  const notBefore = Math.max(now.getTime() - profile.backdateMinutes * MINUTE_MS, issuerStart.getTime());
  const validity = { notBefore: wholeSeconds(notBefore), notAfter: wholeSeconds(end - jitterMs) };
  if (validity.notAfter <= now) throw new SkepError('ERR_VALIDITY');
  return validity;
};

/** Windows sends the word in the period and the count in the units; Android the other way round. */
function readRequestedEnd(pairs: ReadonlyMap<string, string>, now: Date): Date | 'unreadable' | undefined {
  const period = pairs.get(PERIOD)?.trim();
  const units = pairs.get(UNITS)?.trim();
  if (period === undefined && units === undefined) return undefined;
  const [word = '', digits = ''] = /^\d+$/.test(period ?? '') ? [units, period] : [period, units];
  const step = STEPS.get(word.toLowerCase().replace(/s$/, ''));
  // Five digits of hours are more than any profile grants, and five of years are still a date.
  if (!step || !/^\d{1,5}$/.test(digits) || Number(digits) === 0) return 'unreadable';
  return step(now, Number(digits));
}

function addMilliseconds(from: Date, milliseconds: number): Date {
  return new Date(from.getTime() + milliseconds);
}

/** Calendar months in UTC; a day that the month lacks becomes its last (31 January and one month: 28 February). */
function addMonths(from: Date, count: number): Date {
  const moved = new Date(from);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + count);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return moved;
}

/** Uniform in [0, 1). */
function fraction(random: RandomBytes): number {
  return Buffer.from(random(4)).readUInt32BE() / 2 ** 32;
}

function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}
