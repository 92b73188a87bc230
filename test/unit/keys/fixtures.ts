import type { Clock } from '../../../lib/base/clock.js';
import { createLogger } from '../../../lib/base/log.js';

/** A clock that stands until it is moved. */
export interface SteppedClock extends Clock {
  advanceDays(days: number): void;
  advanceMinutes(minutes: number): void;
}

export function steppedClock(iso: string): SteppedClock {
  let now = new Date(iso).getTime();
  return {
    now: () => new Date(now),
    advanceDays(days) {
      now += days * 86_400_000;
    },
    advanceMinutes(minutes) {
      now += minutes * 60_000;
    },
  };
}

/** A logger whose lines can be read. */
export function linesLogger() {
  const lines: string[] = [];
  return { lines, log: createLogger((level, line) => lines.push(`${level} ${line}`), 'debug') };
}
