/**
 * @module The one way a certificate is revoked, held or released, whoever asks: people, Intune, the directory, the
 * sweeper. The row is the truth and is written first; what voices it, OCSP and the CRL, follows at once.
 */
import type { Clock } from '../base/clock.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { CertificateState, RevocationReason } from '../store/states.js';
import type { CertificateRecord, RevocationStore } from '../store/store.js';
import type { CrlPublisher } from './crl-publisher.js';
import type { OcspResponder } from './ocsp-responder.js';

/** Every reason but the hold, which has an order of its own. */
export type PermanentReason = Exclude<RevocationReason, 'certificateHold'>;

export type RevocationOrder = {
  /** Upper-case hex, as records have it. */
  readonly serialNumber: string;
  /** Who asks; as `Revocation.by`. */
  readonly by: string;
  /** Leaves the certificate alone unless it is in this state when its row is read. */
  readonly onlyIn?: CertificateState;
} & (
  | { readonly action: 'revoke'; readonly reason: PermanentReason }
  | { readonly action: 'hold' }
  | { readonly action: 'release' }
);

export interface RevocationOutcome {
  /** What is there now. */
  readonly record: CertificateRecord;
  /** Whether this order changed it. */
  readonly changed: boolean;
}

export interface BatchReport {
  /** One for each order, in their order: what became of it, or why nothing did. */
  readonly results: readonly (RevocationOutcome | SkepError)[];
  /** Whether the CRL says so too. False: the timer will publish it. */
  readonly published: boolean;
}

/**
 * Orders may be repeated. What is revoked for good stays as it is, whoever asks again; a hold becomes permanent; a
 * release of what is good changes nothing. A reserved row is abandoned, which counts as revoked.
 *
 * The single forms throw `ERR_CERT_UNKNOWN` for a serial number without a row, `ERR_NOT_ON_HOLD` for a release of what
 * is revoked for good, `ERR_STATE` for a hold on a row that is still reserved, `ERR_STORE_CONFLICT` when the row kept
 * changing, `ERR_STORE_UNAVAILABLE`.
 */
export interface Revoker {
  revoke(serialNumber: string, reason: PermanentReason, by: string): Promise<RevocationOutcome>;
  hold(serialNumber: string, by: string): Promise<RevocationOutcome>;
  release(serialNumber: string, by: string): Promise<RevocationOutcome>;
  /** For queues: one CRL for all of them. Never throws; each order succeeds or fails by itself. */
  apply(orders: readonly RevocationOrder[]): Promise<BatchReport>;
  /** For a row that the path of an enrollment has revoked: the voices follow, the CRL behind the caller's back. */
  announce(serialNumber: string): void;
}

export interface RevokerParts {
  readonly store: RevocationStore;
  readonly ocsp: Pick<OcspResponder, 'invalidate'>;
  readonly crl: Pick<CrlPublisher, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Rows that are written side by side. */
const SIDE_BY_SIDE = 16;

export function createRevoker({ store, ocsp, crl, clock, logger }: RevokerParts): Revoker {
  async function change(order: RevocationOrder, lastAttempt = false): Promise<RevocationOutcome> {
    const { serialNumber, action, by } = order;
    const record = await store.get(serialNumber);
    if (!record) throw new SkepError('ERR_CERT_UNKNOWN', { detail: serialNumber });
    if (order.onlyIn !== undefined && record.state !== order.onlyIn) return { record, changed: false };
    const write = decide(store, record, order, clock.now());
    if (!write) return { record, changed: false };
    try {
      const written = await write();
      const reason = written.revocation?.reason;
      logger.info(MESSAGES[action], { serialNumber, by, reason, from: record.state, to: written.state });
      return { record: written, changed: true };
    } catch (thrown) {
      // Somebody changed the row between our read and our write: what it is now decides anew, once.
      if (lastAttempt || toSkepError(thrown).code !== 'ERR_STORE_CONFLICT') throw thrown;
      return change(order, true);
    }
  }

  async function settle(order: RevocationOrder): Promise<RevocationOutcome | SkepError> {
    try {
      return await change(order);
    } catch (thrown) {
      return toSkepError(thrown);
    } finally {
      // Also after a failure: its reply may have been lost, not its effect.
      ocsp.invalidate(order.serialNumber);
    }
  }

  async function publish(): Promise<boolean> {
    try {
      await crl.publish('revocation');
      return true;
    } catch (thrown) {
      const { code, message } = toSkepError(thrown);
      logger.error('The CRL could not be published after a revocation; the timer tries again', {
        code,
        message,
      });
      return false;
    }
  }

  async function apply(orders: readonly RevocationOrder[]): Promise<BatchReport> {
    const results: (RevocationOutcome | SkepError)[] = [];
    for (let i = 0; i < orders.length; i += SIDE_BY_SIDE) {
      results.push(...(await Promise.all(orders.slice(i, i + SIDE_BY_SIDE).map(settle))));
    }
    // Also when nothing changed: an earlier attempt may have ended between its row and its CRL.
    const settled = results.some((result) => !(result instanceof SkepError));
    return { results, published: settled && (await publish()) };
  }

  async function applyOne(order: RevocationOrder): Promise<RevocationOutcome> {
    const [result] = (await apply([order])).results;
    if (result && !(result instanceof SkepError)) return result;
    throw result ?? new SkepError('ERR_INTERNAL', { detail: 'an order without a result' });
  }

  return {
    revoke: (serialNumber, reason, by) => applyOne({ action: 'revoke', serialNumber, reason, by }),
    hold: (serialNumber, by) => applyOne({ action: 'hold', serialNumber, by }),
    release: (serialNumber, by) => applyOne({ action: 'release', serialNumber, by }),
    apply,
    announce(serialNumber) {
      ocsp.invalidate(serialNumber);
      void publish();
    },
  };
}

const MESSAGES = {
  revoke: 'Revoked a certificate',
  hold: 'Put a certificate on hold',
  release: 'Released a certificate from its hold',
} as const satisfies Record<RevocationOrder['action'], string>;

type Write = () => Promise<CertificateRecord>;

/** @returns the write that fulfils the order; `undefined` when it is fulfilled already. */
function decide(
  store: RevocationStore,
  record: CertificateRecord,
  order: RevocationOrder,
  at: Date,
): Write | undefined {
  const { by } = order;
  const held = record.state === 'revoked' && record.revocation?.reason === 'certificateHold';
  const ended = (record.state === 'revoked' && !held) || ENDED.includes(record.state);
  switch (order.action) {
    case 'revoke': {
      const { reason } = order;
      if (ended) return undefined;
      if (record.state === 'reserved') return () => store.abandon(record, at);
      return () => store.revoke(record, { at, reason, by });
    }
    case 'hold':
      if (ended || held) return undefined;
      if (record.state === 'reserved') throw new SkepError('ERR_STATE', { detail: 'reserved to on hold' });
      return () => store.revoke(record, { at, reason: 'certificateHold', by });
    case 'release':
      if (ended) throw new SkepError('ERR_NOT_ON_HOLD', { detail: record.serialNumber });
      return held ? () => store.release(record, at) : undefined;
  }
}

/** Nothing is left to revoke. */
const ENDED: readonly CertificateState[] = ['expired', 'abandoned'];
