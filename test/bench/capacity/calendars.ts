/** @module When a device syncs with Intune: at its own times, every eight hours while it is switched on. */
import { DAY_MS, HOUR_MS } from '../../../lib/base/clock.js';
import type { Dice } from '../../../dev/fleet/dice.js';

/** Gives the first sync at or after a moment. Milliseconds since the start of the simulation, a Monday at midnight. */
export type SyncTimes = (fromMs: number) => number;

const SYNC_MS = 8 * HOUR_MS;
/** Office hours: switched on between these, by the clock, and for so long that a second sync falls into the day. */
const FIRST_ON_MS = 7.5 * HOUR_MS;
const LAST_ON_MS = 9.5 * HOUR_MS;
const SYNCS_A_DAY = 2;

export const CALENDARS = {
  /** Always on; nobody knows when the eight hours of a device begin. */
  'around the clock': (dice: Dice): SyncTimes => {
    const phaseMs = dice.share() * SYNC_MS;
    return (fromMs) => phaseMs + Math.ceil(Math.max(0, fromMs - phaseMs) / SYNC_MS) * SYNC_MS;
  },
  /** On from Monday to Friday, all in one time zone: each syncs when it is switched on, and eight hours later. */
  'office hours': (dice: Dice): SyncTimes => {
    // The sum of two: most come in the middle.
    const onMs = FIRST_ON_MS + ((dice.share() + dice.share()) / 2) * (LAST_ON_MS - FIRST_ON_MS);
    return (fromMs) => {
      for (let day = Math.floor(fromMs / DAY_MS); ; day++) {
        if (day % 7 >= 5) continue;
        for (let sync = 0; sync < SYNCS_A_DAY; sync++) {
          const atMs = day * DAY_MS + onMs + sync * SYNC_MS;
          if (atMs >= fromMs) return atMs;
        }
      }
    };
  },
} as const satisfies Record<string, (dice: Dice) => SyncTimes>;

export type CalendarName = keyof typeof CALENDARS;

export const CALENDAR_NAMES = Object.keys(CALENDARS) as readonly CalendarName[];
