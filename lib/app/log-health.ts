/** @module Check of the issuance log: how far it lags behind what was signed. */
import { MINUTE_MS, type Clock } from '../base/clock.js';
import type { EventQueue } from '../ledger/ledger.js';
import { createCheck, rememberReport, type HealthCheck } from './health-check.js';

/** Its timer runs every minute and takes thousands of events a run. */
const LAG_WARNING_MS = 10 * MINUTE_MS;
const MEMORY = { goodMs: MINUTE_MS, badMs: MINUTE_MS } as const;

/** A log that lags keeps no device from its certificate, so that is a warning; what is to be told waits in the store. */
export function createLogCheck(queue: Pick<EventQueue, 'pending'>, clock: Clock): HealthCheck {
  const check = createCheck('Issuance log', async () => {
    const [oldest] = await queue.pending(1);
    const lagMs = oldest ? Math.max(0, clock.now().getTime() - oldest.event.at.getTime()) : 0;
    const minutes = Math.floor(lagMs / MINUTE_MS);
    const text = oldest
      ? `The issuance log is ${minutes === 1 ? '1 minute' : `${minutes} minutes`} behind.`
      : 'The issuance log tells of everything that was signed.';
    if (lagMs < LAG_WARNING_MS) return { ok: true, text };
    return { ok: true, text, remedy: 'Look at the log of the function timer-issuance-log.' };
  });
  return rememberReport(check, MEMORY, clock);
}
