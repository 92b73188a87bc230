/**
 * @module A token bucket in front of a vault key: it makes callers wait a little, in order, and turns the rest away
 * before Key Vault does. Key Vault counts what it refuses against the same limit, so asking too often makes it worse.
 */
import type { Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';

/** Resolves after `ms`. */
export type Wait = (ms: number) => Promise<void>;

export interface ThrottleOptions {
  /** Operations that may start in any ten seconds; see `KEY_TYPES` for what Key Vault grants. */
  readonly limit: number;
  /** How long one may wait for its turn, in milliseconds; default 2000. It bounds the queue too. */
  readonly maxWaitMs?: number;
  readonly clock: Clock;
  readonly wait: Wait;
}

export interface Throttle {
  /**
   * Runs `operation` when its turn comes; turns keep the order of the calls.
   * @throws {SkepError} `ERR_SIGNER_THROTTLED` at once, with the seconds until there is room, when the wait would be too long.
   */
  run<T>(operation: () => Promise<T>): Promise<T>;
  /** The vault itself asked for a pause: nobody starts before it is over, and nobody waits for it. */
  pause(seconds: number): void;
}

const WINDOW_MS = 10_000;

/** A fifth of the limit may start at once; the rest is spread, so that no ten seconds ever see more than the limit. */
const BURST_SHARE = 0.2;

export function createThrottle({ limit, maxWaitMs = 2000, clock, wait }: ThrottleOptions): Throttle {
  const burst = Math.max(1, Math.floor(limit * BURST_SHARE));
  const intervalMs = WINDOW_MS / Math.max(1, limit - burst);
  const toleranceMs = (burst - 1) * intervalMs;
  // When the bucket would be full again (the theoretical arrival time of the generic cell rate algorithm).
  let fullAt = 0;
  let pausedUntil = 0;
  let lastTurn: Promise<void> = Promise.resolve();

  const now = () => clock.now().getTime();

  function refuseWhilePaused(): void {
    const left = pausedUntil - now();
    if (left > 0) throw throttled(left, 'Key Vault asked for a pause');
  }

  /** Takes the next free place, and gives the promise of its time. */
  function reserve(): Promise<void> {
    refuseWhilePaused();
    const present = now();
    const start = Math.max(present, fullAt - toleranceMs);
    if (start - present > maxWaitMs) throw throttled(start - present, 'too many operations on one key');
    fullAt = Math.max(fullAt, start) + intervalMs;
    if (start > present) {
      lastTurn = lastTurn.then(async () => {
        const left = start - now();
        if (left > 0) await wait(left);
      });
    }
    return lastTurn;
  }

  return {
    async run(operation) {
      await reserve();
      refuseWhilePaused();
      return operation();
    },
    pause(seconds) {
      pausedUntil = Math.max(pausedUntil, now() + seconds * 1000);
      // Afterwards the bucket is empty: one operation at a time, until the vault has forgotten the burst.
      fullAt = Math.max(fullAt, pausedUntil + toleranceMs);
    },
  };
}

const throttled = (waitMs: number, detail: string): SkepError =>
  new SkepError('ERR_SIGNER_THROTTLED', { detail, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
