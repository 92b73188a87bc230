import type { Clock } from '../../../lib/base/clock.js';
import type { Wait } from '../../../lib/keys/throttle.js';

/** A clock with timers that ring when it is moved past them, in order. */
export function virtualTime(startMs = 1_000_000) {
  let now = startMs;
  let timers: { readonly at: number; readonly ring: () => void }[] = [];
  const clock: Clock = { now: () => new Date(now) };
  const wait: Wait = (ms) =>
    new Promise((resolve) => {
      timers.push({ at: now + ms, ring: resolve });
    });

  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      await settle();
      const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      timers = timers.filter((timer) => timer !== next);
      now = Math.max(now, next.at);
      next.ring();
    }
    now = end;
    await settle();
  }

  return { clock, wait, advance, elapsed: () => now - startMs };
}

/** Lets everything run that waits for promises alone. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
