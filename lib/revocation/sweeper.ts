/** @module What was begun and never finished is brought to an end: nothing stays reserved, nothing undelivered stays good. */
import { HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { singleFlight } from '../base/single-flight.js';
import { type OutOfTime, startTimeBox, type TimeBox } from '../base/time-box.js';
import type { CertificateRecord, StoreMaintenance } from '../store/store.js';
import type { RevocationOrder, Revoker } from './revoker.js';

export interface SweepSettings {
  /** Age at which a reserved row is abandoned: no attempt takes so long. */
  readonly reservedMs: number;
  /**
   * Age at which a certificate that was issued and not delivered is revoked: the challenge's hour, in which the same
   * request still gets it, and the device's retries after that.
   */
  readonly undeliveredMs: number;
  /** Rows of one sweep; the next ones take the rest. */
  readonly limit: number;
}

export const SWEEP_DEFAULTS: SweepSettings = {
  reservedMs: 10 * MINUTE_MS,
  undeliveredMs: 2 * HOUR_MS,
  limit: 500,
};

export type SweepReport = {
  readonly abandoned: number;
  readonly revoked: number;
  /** Left to the next sweep. */
  readonly failed: number;
} & OutOfTime;

export interface SweeperParts {
  readonly store: Pick<StoreMaintenance, 'listStale'>;
  readonly revoker: Pick<Revoker, 'apply'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** After this no further row is looked for. */
  readonly budgetMs: number;
  /** What differs from `SWEEP_DEFAULTS`. */
  readonly settings?: Partial<SweepSettings>;
}

/** @returns one sweep, with one CRL if anything was found. Throws `ERR_STORE_UNAVAILABLE` when it cannot look. */
export function createSweeper(parts: SweeperParts): () => Promise<SweepReport> {
  const { store, revoker, clock, logger } = parts;
  const settings: SweepSettings = { ...SWEEP_DEFAULTS, ...parts.settings };

  async function find(
    state: 'reserved' | 'issued',
    ageMs: number,
    limit: number,
    time: TimeBox,
  ): Promise<CertificateRecord[]> {
    const found: CertificateRecord[] = [];
    if (limit <= 0) return found;
    for await (const record of store.listStale(state, new Date(clock.now().getTime() - ageMs))) {
      if (found.push(record) >= limit || !time.mayGoOn()) break;
    }
    return found;
  }

  return singleFlight(async () => {
    const time = startTimeBox(clock, parts.budgetMs);
    const reserved = await find('reserved', settings.reservedMs, settings.limit, time);
    const issued = await find('issued', settings.undeliveredMs, settings.limit - reserved.length, time);
    const { results } = await revoker.apply([...reserved, ...issued].map(toOrder));
    const report = { abandoned: 0, revoked: 0, failed: 0 };
    for (const result of results) {
      if (result instanceof SkepError) report.failed++;
      else if (result.changed) report[result.record.state === 'abandoned' ? 'abandoned' : 'revoked']++;
    }
    if (results.length > 0) logger.warn('Swept what was never finished', report);
    return { ...report, ...time.verdict() };
  });
}

/**
 * An attempt that comes back at the last moment wins: the order is for the state that was found. The reason is
 * cessationOfOperation, since the certificate never began to operate: no key is known to be compromised, nothing
 * superseded it, and nobody withdrew what it stands for.
 */
function toOrder({ serialNumber, state }: CertificateRecord): RevocationOrder {
  return { action: 'revoke', serialNumber, reason: 'cessationOfOperation', by: 'sweeper', onlyIn: state };
}
