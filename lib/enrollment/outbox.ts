/**
 * @module Telling the owner later: the certificate goes out at once, and a timer tells its owner, at least once.
 *
 * Devices then wait for one service less. In return a certificate can be in use that its owner does not know, or
 * refuses: it is revoked as soon as that is certain.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { singleFlight } from '../base/single-flight.js';
import { type OutOfTime, startTimeBox } from '../base/time-box.js';
import type { CertificateReader, CertificateRecord, NoticeOutbox, PendingNotice } from '../store/store.js';
import type { Validator } from '../validators/validator.js';

/** A validator whose owner is told later: the notice is safe in the outbox before the certificate goes out. */
export function deferNotification(validator: Validator, outbox: NoticeOutbox, clock: Clock): Validator {
  return {
    ...validator,
    async notifySuccess({ serialNumber, transactionId, csr, issuer }) {
      await outbox.enqueue({ serialNumber, transactionId, csr, issuer, queuedAt: clock.now() });
      return { granted: true };
    },
  };
}

export interface DeliverySettings {
  /** After the first failure; twice as long after each further one. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Age of a notice at which a failure counts as lasting… */
  readonly giveUpMs: number;
  /** …and failures that there must have been: while the app itself stood still, nobody was asked. */
  readonly giveUpAttempts: number;
}

export const DELIVERY_DEFAULTS: DeliverySettings = {
  firstDelayMs: MINUTE_MS,
  longestDelayMs: HOUR_MS,
  giveUpMs: DAY_MS,
  giveUpAttempts: 5,
};

export type DeliveryReport = {
  readonly delivered: number;
  /** Refused, or given up. */
  readonly revoked: number;
  readonly postponed: number;
} & OutOfTime;

export interface DeliveryParts {
  readonly outbox: NoticeOutbox;
  readonly certificates: CertificateReader;
  /** The one that tells, not the one that defers. */
  readonly validator: Pick<Validator, 'notifySuccess'>;
  readonly revoker: {
    revoke(serialNumber: string, reason: 'privilegeWithdrawn', by: 'enrollment'): Promise<unknown>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  /** After this no further delivery begins. */
  readonly budgetMs: number;
  /** What differs from `DELIVERY_DEFAULTS`. */
  readonly settings?: Partial<DeliverySettings>;
}

type Fate = 'delivered' | 'revoked' | 'postponed' | 'needless';

/** Deliveries under way at once. */
const SIDE_BY_SIDE = 8;

/** @returns one round through what is due. Throws `ERR_STORE_UNAVAILABLE` when it cannot look. */
export function createDelivery(parts: DeliveryParts): () => Promise<DeliveryReport> {
  const { outbox, certificates, validator, clock, logger } = parts;
  const settings: DeliverySettings = { ...DELIVERY_DEFAULTS, ...parts.settings };

  /** @returns what the owner says; `undefined` when there is nothing to tell any more. */
  async function tell({ serialNumber, transactionId, csr, issuer }: PendingNotice) {
    const record = await certificates.get(serialNumber);
    if (!record?.certificate || isOver(record)) return undefined;
    const { certificate, notAfter } = record;
    return validator.notifySuccess?.({ transactionId, csr, certificate, serialNumber, notAfter, issuer });
  }

  async function revoke(notice: PendingNotice, why: string, code: string): Promise<Fate> {
    const { serialNumber, transactionId, attempts } = notice;
    logger.error(why, { code, serialNumber, transactionId, attempts });
    await parts.revoker.revoke(serialNumber, 'privilegeWithdrawn', 'enrollment');
    await outbox.remove(notice);
    return 'revoked';
  }

  async function deliver(notice: PendingNotice): Promise<Fate> {
    try {
      const verdict = await tell(notice);
      if (verdict && !verdict.granted) {
        return await revoke(notice, 'A certificate was refused by its owner and is revoked', verdict.code);
      }
      await outbox.remove(notice);
      return verdict ? 'delivered' : 'needless';
    } catch (thrown) {
      return settleFailure(notice, toSkepError(thrown).code);
    }
  }

  async function settleFailure(notice: PendingNotice, code: string): Promise<Fate> {
    const { serialNumber, transactionId, attempts, queuedAt } = notice;
    const now = clock.now().getTime();
    if (now - queuedAt.getTime() >= settings.giveUpMs && attempts + 1 >= settings.giveUpAttempts) {
      return revoke(notice, 'The owner of a certificate could not be told; it is revoked', code);
    }
    const delayMs = Math.min(settings.firstDelayMs * 2 ** attempts, settings.longestDelayMs);
    await outbox.postpone(notice, new Date(now + delayMs));
    logger.warn('The owner of a certificate could not be told yet', {
      code,
      serialNumber,
      transactionId,
      attempts,
      nextInSeconds: delayMs / 1000,
    });
    return 'postponed';
  }

  /** What even the store could not take stays due. */
  async function deliverOrLeave(notice: PendingNotice): Promise<Fate> {
    try {
      return await deliver(notice);
    } catch (thrown) {
      const { code, detail } = toSkepError(thrown);
      logger.error('A notice is stuck in the outbox', { code, detail, serialNumber: notice.serialNumber });
      return 'postponed';
    }
  }

  return singleFlight(async () => {
    const time = startTimeBox(clock, parts.budgetMs);
    const report = { delivered: 0, revoked: 0, postponed: 0, needless: 0 };
    const due = outbox.due(clock.now())[Symbol.asyncIterator]();
    const work = async (): Promise<void> => {
      while (time.mayGoOn()) {
        const next = await due.next();
        if (next.done) return;
        report[await deliverOrLeave(next.value)]++;
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    const { needless: _needless, ...told } = report;
    return { ...told, ...time.verdict() };
  });
}

/** A hold may end, so its owner should know of it. */
function isOver({ state, revocation }: CertificateRecord): boolean {
  if (state === 'revoked') return revocation?.reason !== 'certificateHold';
  return state === 'expired' || state === 'abandoned';
}
