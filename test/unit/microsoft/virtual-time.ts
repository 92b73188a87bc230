/** @module Time that moves only when everybody waits: no test sleeps, and every delay can be asserted. */
import type { Clock } from '../../../lib/base/clock.js';
import type { Delay } from '../../../lib/microsoft/deadline.js';

export interface VirtualTime {
  readonly clock: Clock;
  readonly delay: Delay;
  /** Milliseconds since the start. */
  elapsedMs(): number;
  advance(ms: number): void;
  /** Settles `work`, moving the clock to the next timer whenever nothing else is left to do. */
  run<T>(work: Promise<T>): Promise<T>;
}

export function createVirtualTime(start = new Date('2026-03-01T12:00:00Z')): VirtualTime {
  let nowMs = start.getTime();
  const timers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  return {
    clock: { now: () => new Date(nowMs) },
    elapsedMs: () => nowMs - start.getTime(),
    advance(ms) {
      nowMs += ms;
    },
    delay: (ms, signal) =>
      new Promise((resolve) => {
        const timer = {
          atMs: nowMs + ms,
          wake: () => {
            timers.delete(timer);
            resolve();
          },
        };
        timers.add(timer);
        if (signal.aborted) timer.wake();
        signal.addEventListener('abort', timer.wake, { once: true });
      }),
    async run(work) {
      const state = { settled: false };
      const watch = () => {
        state.settled = true;
      };
      work.then(watch, watch);
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (state.settled) return work;
        const next = [...timers].sort((a, b) => a.atMs - b.atMs)[0];
        if (!next) throw new Error('nothing will ever happen');
        nowMs = Math.max(nowMs, next.atMs);
        next.wake();
      }
    },
  };
}
