/** @module What each move makes of a record. Pure: the stores differ only in how they write the outcome. */
import { hash } from 'node:crypto';

import { equalBytes } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { isStoreId, partitionOf } from './keys.js';
import { assertMove, type CertificateState } from './states.js';
import type { CertificateRecord, Reservation, Revocation } from './store.js';

/** A record before the store has given it a version. */
export type UnwrittenRecord = Omit<CertificateRecord, 'version'>;

/** @throws {SkepError} `ERR_INTERNAL` unless claim and serial number are upper-case hex that ends alike. */
export function toReserved(reservation: Reservation): UnwrittenRecord {
  const { claim, serialNumber } = reservation;
  if (!isStoreId(claim) || !isStoreId(serialNumber) || partitionOf(claim) !== partitionOf(serialNumber)) {
    throw new SkepError('ERR_INTERNAL', { detail: `claim and serial number ${serialNumber} do not fit` });
  }
  return Object.assign({}, reservation, { state: 'reserved' as const });
}

/** @throws {SkepError} `ERR_STATE` */
export function toLeased(record: CertificateRecord, until: Date): UnwrittenRecord {
  return Object.assign(move(record, 'reserved', ['reserved']), { leasedUntil: until });
}

/** @throws {SkepError} `ERR_STATE` */
export function toIssued(record: CertificateRecord, certificate: Uint8Array, at: Date): UnwrittenRecord {
  const thumbprint = hash('sha1', certificate).toUpperCase();
  return move(record, 'issued', ['reserved'], { certificate, thumbprint, issuedAt: at });
}

/** @throws {SkepError} `ERR_STATE` */
export function toDelivered(record: CertificateRecord, at: Date): UnwrittenRecord {
  return move(record, 'delivered', ['issued'], { deliveredAt: at });
}

/** @throws {SkepError} `ERR_STATE` */
export function toRevoked(record: CertificateRecord, revocation: Omit<Revocation, 'from'>): UnwrittenRecord {
  if (record.state === 'revoked') assertOnHold(record);
  const from = record.revocation?.from ?? record.state;
  return move(record, 'revoked', ['issued', 'delivered', 'revoked'], { revocation: { ...revocation, from } });
}

/** @throws {SkepError} `ERR_STATE` */
export function toReleased(record: CertificateRecord): UnwrittenRecord {
  const { revocation: _ended, ...good } = move(record, assertOnHold(record).from, ['revoked']);
  return good;
}

/** @throws {SkepError} `ERR_STATE` */
export function toAbandoned(record: CertificateRecord, at: Date): UnwrittenRecord {
  const revocation: Revocation = { at, reason: 'unspecified', by: 'sweeper', from: 'reserved' };
  return move(record, 'abandoned', ['reserved'], { revocation });
}

/** @throws {SkepError} `ERR_STATE` */
export function toExpired(record: CertificateRecord): UnwrittenRecord {
  return move(record, 'expired', ['issued', 'delivered', 'revoked', 'abandoned']);
}

/**
 * Whether a write that met a conflict had in truth succeeded before, its reply lost on the way. Times are not compared:
 * whoever repeats a write reads the clock again.
 */
export function isAlreadyWritten(stored: UnwrittenRecord, wanted: UnwrittenRecord): boolean {
  return (
    stored.serialNumber === wanted.serialNumber &&
    stored.state === wanted.state &&
    stored.claim === wanted.claim &&
    equalBytes(stored.tbs, wanted.tbs) &&
    equalBytes(stored.certificate ?? EMPTY, wanted.certificate ?? EMPTY) &&
    stored.revocation?.reason === wanted.revocation?.reason &&
    stored.revocation?.by === wanted.revocation?.by
  );
}

const EMPTY = new Uint8Array();

/**
 * States have several doors in; each method is only one of them, so `origins` narrows what the table allows.
 *
 * Assigned, not spread: on Node 20 V8 gives each object of the form `{ ...a, b }` a hidden class of its own, and whatever
 * reads it afterwards is slow.
 */
function move(
  record: CertificateRecord,
  to: CertificateState,
  origins: readonly CertificateState[],
  changes: Partial<UnwrittenRecord> = {},
): UnwrittenRecord {
  assertMove(record.state, to);
  if (!origins.includes(record.state))
    throw new SkepError('ERR_STATE', { detail: `${record.state} to ${to}` });
  const { version: _version, leasedUntil: _ended, ...fields } = record;
  return Object.assign(fields, changes, { state: to });
}

function assertOnHold(record: CertificateRecord): Revocation {
  const { state, revocation } = record;
  if (state === 'revoked' && revocation?.reason === 'certificateHold') return revocation;
  throw new SkepError('ERR_STATE', { detail: `${record.serialNumber} is not on hold` });
}
