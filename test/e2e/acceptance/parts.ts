/** @module What revokes in these scenarios: the real revoker, and the timers that use it, without CRL and OCSP. */
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { silentLogger } from '../../../lib/base/log.js';
import { createIntuneQueue, type IntuneQueueReport } from '../../../lib/revocation/intune-queue.js';
import { createIntuneCheck } from '../../../lib/revocation/intunes-own.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import { createSweeper, type SweepReport } from '../../../lib/revocation/sweeper.js';
import type { World } from './world.js';

export interface Timers {
  readonly workOffQueue: () => Promise<IntuneQueueReport>;
  readonly sweep: () => Promise<SweepReport>;
}

/** @param batchSize of the queue, 1 to 500. */
export function createTimers({ ca, simulator }: World, batchSize = 100): Timers {
  const { store, authority, intune } = ca;
  const { clock } = simulator;
  const logger = silentLogger;
  const revoker = createRevoker({
    store,
    ocsp: { invalidate: () => undefined },
    crl: { publish: () => Promise.resolve() },
    clock,
    logger,
  });
  return {
    sweep: createSweeper({ store, revoker, clock, logger, budgetMs: MINUTE_MS }),
    workOffQueue: createIntuneQueue({
      source: intune,
      authority,
      certificates: store,
      revoker,
      isIntunes: createIntuneCheck(new Set(['static'])),
      clock,
      logger,
      budgetMs: MINUTE_MS,
      batchSize,
    }),
  };
}
