import type { Clock } from '../../../lib/base/clock.js';
import { createLogger } from '../../../lib/base/log.js';

/** A clock that stands until it is moved. */
export function steppedClock(iso: string): Clock & { advanceDays(days: number): void } {
  let now = new Date(iso).getTime();
  return {
    now: () => new Date(now),
    advanceDays(days) {
      now += days * 86_400_000;
    },
  };
}

/** A logger whose lines can be read. */
export function linesLogger() {
  const lines: string[] = [];
  return { lines, log: createLogger((level, line) => lines.push(`${level} ${line}`), 'debug') };
}
