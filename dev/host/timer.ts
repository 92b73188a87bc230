/** @module Runs one timer function when it is due, and when somebody asks; never twice at once. */
import type { Schedule } from './schedule.js';

/** What the function receives; the library turns the names to camel case. */
export interface TimerInput {
  readonly Schedule: { readonly AdjustForDST: boolean };
  /** ISO dates. `Last` is the year 1 until the first run, as in .NET. */
  readonly ScheduleStatus: { readonly Last: string; readonly Next: string; readonly LastUpdated: string };
  /** Always false: the host keeps no schedule over a restart, so nothing is ever late. */
  readonly IsPastDue: false;
}

export interface Timer {
  /** Begins to follow the schedule. */
  start(): void;
  /**
   * Runs now, or right after the run that is under way.
   * @returns settles with this run; rejects with what the function threw.
   */
  runNow(): Promise<void>;
  /** No further runs; resolves when the run under way has ended. */
  stop(): Promise<void>;
}

/** `setTimeout` cannot wait longer than this (24.8 days). */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
const NEVER = '0001-01-01T00:00:00.000Z';

/**
 * An occurrence that falls into a run still under way is skipped, as in Azure.
 * @param run rejects when the function fails; of scheduled runs that is the caller's to log.
 */
export function createTimer(schedule: Schedule, run: (input: TimerInput) => Promise<void>): Timer {
  let last = NEVER;
  let tail: Promise<unknown> = Promise.resolve();
  let alarm: NodeJS.Timeout | undefined;
  let stopped = false;

  function runNow(): Promise<void> {
    const mine = tail.then(async () => {
      const now = new Date();
      const input: TimerInput = {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: { Last: last, Next: schedule.next(now).toISOString(), LastUpdated: last },
        IsPastDue: false,
      };
      last = now.toISOString();
      await run(input);
    });
    tail = mine.catch(() => undefined);
    return mine;
  }

  function waitFor(due: Date): void {
    const remainingMs = due.getTime() - Date.now();
    if (remainingMs > 0) {
      alarm = setTimeout(waitFor, Math.min(remainingMs, LONGEST_WAIT_MS), due);
      return;
    }
    const proceed = () => {
      if (!stopped) waitFor(schedule.next(new Date()));
    };
    runNow().then(proceed, proceed);
  }

  return {
    start: () => {
      waitFor(schedule.next(new Date()));
    },
    runNow,
    stop: async () => {
      stopped = true;
      clearTimeout(alarm);
      await tail;
    },
  };
}
