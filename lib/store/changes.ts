/** @module Which rows change, together, when a certificate does. */
import { certificateKey, claimRowKey, lookupKeys, revokedKey } from './keys.js';
import { encodeCertificateRow, encodeClaimRow, encodeLookupRow, encodeRevokedRow } from './rows.js';
import type { Change } from './entity-group.js';
import { eventOf, insertEvent } from './events.js';
import { isRevoked } from './states.js';
import type { CertificateRecord, Claim, Reservation } from './store.js';
import type { UnwrittenRecord } from './transitions.js';

/** The row that carries the version comes first: `versions[0]` of the transaction is the record's. */
export function reservationChanges(
  reservation: Reservation,
  reserved: UnwrittenRecord,
  replaces: Claim | undefined,
): Change[] {
  const claim = { key: claimRowKey(reservation.claim), row: encodeClaimRow(reservation) };
  const row = encodeLookupRow(reserved);
  return [
    { kind: 'insert', key: certificateKey(reserved.serialNumber), row: encodeCertificateRow(reserved) },
    replaces ? { kind: 'replace', ...claim, version: replaces.version } : { kind: 'insert', ...claim },
    ...lookupKeys(reserved).map((key): Change => ({ kind: 'insert', key, row })),
  ];
}

/**
 * The certificate's row under the version that was read, and every row found by what changed. Since they have always
 * been written together, a row that is to be deleted is there. What the issuance log has to tell of the move lies in a
 * row of its own, so that no certificate changes without it.
 * @param at when, where the record does not say it: see `eventOf`.
 */
export function moveChanges(before: CertificateRecord, after: UnwrittenRecord, at?: Date): Change[] {
  const { serialNumber } = after;
  const event = eventOf(before, after, at);
  const oldKeys = lookupKeys(before);
  const newKeys = lookupKeys(after);
  const row = encodeLookupRow(after);
  return [
    {
      kind: 'replace',
      key: certificateKey(serialNumber),
      row: encodeCertificateRow(after),
      version: before.version,
    },
    ...oldKeys.filter((key) => !newKeys.includes(key)).map((key): Change => ({ kind: 'delete', key })),
    ...newKeys.filter((key) => !oldKeys.includes(key)).map((key): Change => ({ kind: 'insert', key, row })),
    ...revokedChanges(before, after),
    ...(event ? [insertEvent(event, before.version)] : []),
  ];
}

function revokedChanges(before: CertificateRecord, after: UnwrittenRecord): Change[] {
  const key = revokedKey(after.serialNumber);
  if (isRevoked(after.state)) return [{ kind: 'put', key, row: encodeRevokedRow(after) }];
  return isRevoked(before.state) ? [{ kind: 'delete', key }] : [];
}
