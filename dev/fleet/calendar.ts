/** @module When a device of the fleet is there: the day it joins, its hour of the day, and the weeks it is switched off. */
import { DAY_MS, MINUTE_MS } from '../../lib/base/clock.js';
import type { Dice } from './dice.js';

/** Days over which a fleet is rolled out. */
export const ROLLOUT_DAYS = 30;
/** A device is put away about twice a year, for one day up to this many. */
export const LONGEST_ABSENCE_DAYS = 30;
const ABSENCES_PER_DAY = 2 / 365;

export interface Calendar {
  /** Milliseconds after midnight at which it syncs. */
  readonly hourMs: number;
  /** Days on which it syncs. */
  readonly present: ReadonlySet<number>;
}

export function createCalendar(dice: Dice, days: number): Calendar {
  const joins = dice.integer(Math.min(ROLLOUT_DAYS, days));
  const hourMs = dice.integer(DAY_MS - 10 * MINUTE_MS);
  const present = new Set<number>();
  for (let day = joins; day < days; day++) {
    if (day > joins && dice.share() < ABSENCES_PER_DAY) day += 1 + dice.integer(LONGEST_ABSENCE_DAYS);
    if (day < days) present.add(day);
  }
  return { hourMs, present };
}
