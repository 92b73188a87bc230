/** @module Time for work that can stop after any piece of it; the report says when it had to. */
import type { Clock } from './clock.js';

export interface TimeBox {
  /** Asked before each further piece. */
  readonly mayGoOn: () => boolean;
  /** For the report of the work: whether it was told to stop. */
  readonly verdict: () => OutOfTime;
}

/** A type, so that it can be logged as fields. Present when something may be left for the next run. */
export type OutOfTime = { readonly outOfTime?: true };

/** The time begins now. */
export function startTimeBox(clock: Clock, budgetMs: number): TimeBox {
  const untilMs = clock.now().getTime() + budgetMs;
  let stopped = false;
  return {
    mayGoOn: () => {
      stopped ||= clock.now().getTime() >= untilMs;
      return !stopped;
    },
    verdict: () => (stopped ? { outOfTime: true } : {}),
  };
}
