/** @module Work on many things, several at a time, for as long as there is time and it succeeds. */
import type { Clock } from '../base/clock.js';
import { toSkepError, type SkepError } from '../base/errors.js';

const WORKERS = 8;

/** After so many failures the rest would most likely fail too, each with its whole budget. */
const MOST_FAILURES = WORKERS;

export interface WorkReport<T> {
  /** What was not begun, in its order. */
  readonly left: readonly T[];
  /** What failed, in the order of the failures. */
  readonly failed: readonly { readonly item: T; readonly error: SkepError }[];
}

/**
 * One that fails keeps none of the others back.
 * @param untilMs after this time nothing further is begun.
 */
export async function workSideBySide<T>(
  items: readonly T[],
  clock: Clock,
  untilMs: number,
  work: (item: T) => Promise<void>,
): Promise<WorkReport<T>> {
  const failed: { readonly item: T; readonly error: SkepError }[] = [];
  let next = 0;
  const mayGoOn = (): boolean => failed.length < MOST_FAILURES && clock.now().getTime() < untilMs;
  const worker = async (): Promise<void> => {
    while (next < items.length && mayGoOn()) {
      const item = items[next++] as T;
      try {
        await work(item);
      } catch (thrown) {
        failed.push({ item, error: toSkepError(thrown) });
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return { left: items.slice(next), failed };
}
