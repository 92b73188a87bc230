/** @module Time limits. Timers are handed in, so that tests need not wait. */
import { setTimeout } from 'node:timers/promises';

/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<void>;

export const systemDelay: Delay = (ms, signal) =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);

/**
 * Runs `work` for at most `timeoutMs`, or until `outer` aborts; then its signal aborts and the promise rejects, even
 * if `work` does not heed the signal.
 * @throws {DOMException} `TimeoutError` when the time is over; otherwise whatever `work` throws.
 */
export async function runWithin<T>(
  timeoutMs: number,
  delay: Delay,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const timeout = new AbortController();
  const finished = new AbortController();
  const signal = outer ? AbortSignal.any([outer, timeout.signal]) : timeout.signal;
  signal.throwIfAborted();
  void delay(timeoutMs, finished.signal).then(() => {
    // An abort after the end would reach into a connection that has gone back to the pool.
    if (!finished.signal.aborted) timeout.abort(timedOut(timeoutMs));
  });
  let stopListening: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const listener = (): void => {
      reject(signal.reason as DOMException);
    };
    signal.addEventListener('abort', listener, { once: true });
    stopListening = () => {
      signal.removeEventListener('abort', listener);
    };
  });
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    finished.abort();
    // Node.js keeps a combined signal that has a listener for ever, and with it all that `work` has read and sent.
    stopListening();
  }
}

export function isTimeout(thrown: unknown): thrown is DOMException {
  return thrown instanceof DOMException && thrown.name === 'TimeoutError';
}

function timedOut(timeoutMs: number): DOMException {
  return new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError');
}
