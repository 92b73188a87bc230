/**
 * @module Time that a test can move forward in a process that knows only the system's clock: Date, timers and time
 * limits alike. Import it before anything that might read the clock; what is due when time jumps happens at once.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import promises from 'node:timers/promises';

const RealDate = globalThis.Date;
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

let aheadMs = 0;
const nowMs = (): number => RealDate.now() + aheadMs;

/** Alarms that were set and neither rang nor were called off. */
const pending = new Map<NodeJS.Timeout, { readonly dueMs: number; readonly ring: () => void }>();

/** Everything that is due by then rings, in order, before this returns. */
export function moveTime(byMs: number): void {
  aheadMs += byMs;
  const due = [...pending].filter(([, { dueMs }]) => dueMs <= nowMs());
  for (const [alarm, { ring }] of due.sort(([, a], [, b]) => a.dueMs - b.dueMs)) {
    // One that rang before may have called this one off.
    if (pending.has(alarm)) ring();
  }
}

function setTimeout(
  callback: (...values: unknown[]) => void,
  delayMs = 1,
  ...values: unknown[]
): NodeJS.Timeout {
  const ring = (): void => {
    pending.delete(alarm);
    realClearTimeout(alarm);
    callback(...values);
  };
  const alarm: NodeJS.Timeout = realSetTimeout(ring, delayMs);
  pending.set(alarm, { dueMs: nowMs() + delayMs, ring });
  return alarm;
}

function clearTimeout(alarm?: NodeJS.Timeout): void {
  if (alarm) pending.delete(alarm);
  realClearTimeout(alarm);
}

function sleep<T>(delayMs: number, value?: T, options: { readonly signal?: AbortSignal } = {}): Promise<T> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(alarm);
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    const alarm = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve(value as T);
    }, delayMs);
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}

function abortAfter(delayMs: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, delayMs).unref();
  return controller.signal;
}

/** The dates of both kinds are the same kind: `instanceof` must not tell them apart. */
const MovableDate: DateConstructor = new Proxy(RealDate, {
  construct: (target, values: unknown[], newTarget) =>
    Reflect.construct(
      target,
      values.length === 0 ? [nowMs()] : values,
      newTarget === MovableDate ? target : newTarget,
    ) as Date,
  apply: () => new RealDate(nowMs()).toString(),
  get: (target, name): unknown => (name === 'now' ? nowMs : Reflect.get(target, name)),
});

Object.assign(globalThis, { Date: MovableDate, setTimeout, clearTimeout });
Object.assign(timers, { setTimeout, clearTimeout });
Object.assign(promises, { setTimeout: sleep });
Object.assign(AbortSignal, { timeout: abortAfter });
syncBuiltinESMExports();
