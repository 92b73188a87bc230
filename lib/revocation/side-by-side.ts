/** @module Work on many things, several at a time, for as long as there is time. */
import type { Clock } from '../base/clock.js';

const WORKERS = 8;

/**
 * @param untilMs after this time nothing further is begun.
 * @returns what was not begun, in its order. Throws what `work` throws, when the rest of what was begun is over.
 */
export async function workSideBySide<T>(
  items: readonly T[],
  clock: Clock,
  untilMs: number,
  work: (item: T) => Promise<void>,
): Promise<readonly T[]> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && clock.now().getTime() < untilMs) {
      const item = items[next++] as T;
      await work(item);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: WORKERS }, worker));
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return items.slice(next);
}
