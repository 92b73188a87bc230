/** @module All timer functions of an app, by name. */
import type { TimerFunction } from './function-table.js';
import type { Invoke } from './invoker.js';
import { parseSchedule } from './schedule.js';
import { createTimer } from './timer.js';

export interface TimerSet {
  /** Begins to follow the schedules; runs what wants to run at the start. */
  start(): void;
  /** @returns the run, or undefined when no timer function has that name (in any case). */
  run(name: string): Promise<void> | undefined;
  /** The schedule with its settings filled in. */
  scheduleOf(name: string): string | undefined;
  /** Resolves when the runs under way have ended. */
  stop(): Promise<void>;
}

/** @throws {HostError} `ERR_HOST_SCHEDULE` */
export function createTimerSet(
  functions: readonly TimerFunction[],
  settings: Readonly<Record<string, string | undefined>>,
  invoke: Invoke,
): TimerSet {
  const entries = functions.map((target) => {
    const schedule = parseSchedule(target.schedule, settings);
    const timer = createTimer(schedule, async (input) => {
      await invoke(target, { json: JSON.stringify(input) });
    });
    return { target, schedule, timer };
  });
  const find = (name: string) =>
    entries.find(({ target }) => target.name.toLowerCase() === name.toLowerCase());

  return {
    start: () => {
      for (const { target, timer } of entries) {
        timer.start();
        // Nobody waits for this run; the invoker logs its failure.
        if (target.runOnStartup) timer.runNow().catch(() => undefined);
      }
    },
    run: (name) => find(name)?.timer.runNow(),
    scheduleOf: (name) => find(name)?.schedule.text,
    stop: async () => {
      await Promise.all(entries.map(({ timer }) => timer.stop()));
    },
  };
}
