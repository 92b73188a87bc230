/** @module Events of the issuance log that wait in the table `certificates`, beside the rows whose change they tell of. */
import { hash } from 'node:crypto';
import { SkepError } from '../base/errors.js';
import type { LedgerEvent, PendingEvent } from '../ledger/ledger.js';
import { readColumns, writeColumns } from './columns.js';
import type { Change, Row } from './entity-group.js';
import { eventKey } from './keys.js';
import type { CertificateRecord } from './store.js';
import type { StoredRow } from './table.js';
import type { UnwrittenRecord } from './transitions.js';

const sha256 = (data: Uint8Array | string): string => hash('sha256', data).toUpperCase();

/**
 * What a move means for the log; `undefined` for a move that says nothing new of a certificate.
 * @param at when a hold was released: of all other moves the record itself says when they were made.
 */
export function eventOf(
  before: CertificateRecord,
  after: UnwrittenRecord,
  at?: Date,
): LedgerEvent | undefined {
  const { issuerId, serialNumber, endpoint, csrHash, revocation } = after;
  if (after.state === 'revoked' || after.state === 'abandoned') {
    if (!revocation) return undefined;
    const { at: revokedAt, reason, by } = revocation;
    if (after.state === 'abandoned') {
      const signedHash = sha256(after.tbs);
      return { kind: 'abandoned', at: revokedAt, issuerId, serialNumber, endpoint, csrHash, signedHash };
    }
    const kind = reason === 'certificateHold' ? 'held' : 'revoked';
    return { kind, at: revokedAt, issuerId, serialNumber, reason, by };
  }
  if (before.state === 'revoked' && after.state !== 'expired') {
    if (!at) throw new SkepError('ERR_INTERNAL', { detail: `${serialNumber} is released at no time` });
    return { kind: 'released', at, issuerId, serialNumber };
  }
  if (after.state !== 'issued' || !after.certificate || !after.issuedAt) return undefined;
  return {
    kind: 'issued',
    at: after.issuedAt,
    issuerId,
    serialNumber,
    endpoint,
    csrHash,
    signedHash: sha256(after.tbs),
    certificateHash: sha256(after.certificate),
  };
}

/**
 * Where the event lies: with the certificate, and where there is none, by what was signed.
 * @param version of the record before the move; a hold, its end and another hold may come in one millisecond. It is issued
 *   once.
 */
export function keyOf(event: LedgerEvent, version = ''): string {
  const move = version && event.kind !== 'issued' ? sha256(version).slice(0, 8) : '';
  const id = event.kind === 'signed' ? event.signedHash : event.serialNumber;
  return eventKey(event.at, event.kind, move, id);
}

export function insertEvent(event: LedgerEvent, version?: string): Change {
  return { kind: 'insert', key: keyOf(event, version), row: encodeEventRow(event) };
}

function encodeEventRow(event: LedgerEvent): Row {
  return writeColumns().text('Event', JSON.stringify(event)).row();
}

export function decodeEventRow({ key, columns }: StoredRow): PendingEvent {
  const { at, ...event } = JSON.parse(readColumns(columns).text('Event')) as LedgerEvent & {
    readonly at: string;
  };
  return { id: key, event: { ...event, at: new Date(at) } };
}
