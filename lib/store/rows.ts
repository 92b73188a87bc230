/** @module What stands in the rows of the table `certificates`, and how it is read back. */
import { SkepError } from '../base/errors.js';
import { readColumns, writeColumns } from './columns.js';
import type { Row } from './entity-group.js';
import type { CertificateState, RevocationReason } from './states.js';
import type { CertificateRecord, Claim, Reservation, RevokedEntry } from './store.js';
import type { StoredRow } from './table.js';
import type { UnwrittenRecord } from './transitions.js';

export function encodeCertificateRow(record: UnwrittenRecord): Row {
  const { revocation } = record;
  return writeColumns()
    .text('SerialNumber', record.serialNumber)
    .text('State', record.state)
    .text('Endpoint', record.endpoint)
    .text('Validator', record.validator)
    .text('IssuerId', record.issuerId)
    .text('Claim', record.claim)
    .text('CsrHash', record.csrHash)
    .text('TransactionId', record.transactionId)
    .text('Subject', record.subject)
    .text('SubjectAltNames', JSON.stringify(record.subjectAltNames))
    .text('DeviceId', record.deviceId)
    .text('User', record.user)
    .time('NotBefore', record.notBefore)
    .time('NotAfter', record.notAfter)
    .binary('Tbs', record.tbs)
    .binary('Certificate', record.certificate)
    .text('Thumbprint', record.thumbprint)
    .time('ReservedAt', record.reservedAt)
    .time('LeasedUntil', record.leasedUntil)
    .time('IssuedAt', record.issuedAt)
    .time('DeliveredAt', record.deliveredAt)
    .time('RevokedAt', revocation?.at)
    .text('RevocationReason', revocation?.reason)
    .text('RevokedBy', revocation?.by)
    .text('RevokedFrom', revocation?.from)
    .row();
}

export function decodeCertificateRow({ columns, version }: StoredRow): CertificateRecord {
  const read = readColumns(columns);
  const revokedAt = read.optionalTime('RevokedAt');
  return {
    serialNumber: read.text('SerialNumber'),
    state: read.text('State') as CertificateState,
    endpoint: read.text('Endpoint'),
    validator: read.optionalText('Validator'),
    issuerId: read.text('IssuerId'),
    claim: read.text('Claim'),
    csrHash: read.text('CsrHash'),
    transactionId: read.text('TransactionId'),
    subject: read.text('Subject'),
    subjectAltNames: JSON.parse(read.text('SubjectAltNames')) as string[],
    deviceId: read.optionalText('DeviceId'),
    user: read.optionalText('User'),
    notBefore: read.time('NotBefore'),
    notAfter: read.time('NotAfter'),
    tbs: read.binary('Tbs'),
    certificate: read.optionalBinary('Certificate'),
    thumbprint: read.optionalText('Thumbprint'),
    reservedAt: read.time('ReservedAt'),
    leasedUntil: read.optionalTime('LeasedUntil'),
    issuedAt: read.optionalTime('IssuedAt'),
    deliveredAt: read.optionalTime('DeliveredAt'),
    revocation: revokedAt && {
      at: revokedAt,
      reason: read.text('RevocationReason') as RevocationReason,
      by: read.text('RevokedBy'),
      from: read.text('RevokedFrom') as CertificateState,
    },
    version,
  };
}

export function encodeClaimRow({ csrHash, serialNumber, reservedAt }: Reservation): Row {
  return writeColumns()
    .text('CsrHash', csrHash)
    .text('SerialNumber', serialNumber)
    .time('ClaimedAt', reservedAt)
    .row();
}

export function decodeClaimRow({ key, columns, version }: StoredRow): Claim {
  const read = readColumns(columns);
  return {
    key: lastPart(key),
    csrHash: read.text('CsrHash'),
    serialNumber: read.text('SerialNumber'),
    claimedAt: read.time('ClaimedAt'),
    version,
  };
}

/** Everything that a CRL says of it, so that a publisher reads these rows alone. */
export function encodeRevokedRow({ issuerId, notAfter, revocation, serialNumber }: UnwrittenRecord): Row {
  if (!revocation) throw new SkepError('ERR_INTERNAL', { detail: `${serialNumber} has no revocation` });
  return writeColumns()
    .text('IssuerId', issuerId)
    .time('RevokedAt', revocation.at)
    .text('Reason', revocation.reason)
    .time('NotAfter', notAfter)
    .row();
}

export function decodeRevokedRow({ key, columns }: StoredRow): RevokedEntry {
  const read = readColumns(columns);
  return {
    serialNumber: lastPart(key),
    issuerId: read.text('IssuerId'),
    revokedAt: read.time('RevokedAt'),
    reason: read.text('Reason') as RevocationReason,
    notAfter: read.time('NotAfter'),
  };
}

/** A lookup row is its key; the time lets a sweeper pick the old ones without reading each certificate. */
export function encodeLookupRow({ reservedAt }: UnwrittenRecord): Row {
  return writeColumns().time('ReservedAt', reservedAt).row();
}

/** What stands after the last `|`: the serial number or the claim. */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('|') + 1);
}

/** An OData literal for conditions on time columns. */
export function timeLiteral(value: Date): string {
  return `datetime'${value.toISOString()}'`;
}
