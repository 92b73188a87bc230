/** @module The one decision about a certificate's status. The OCSP responder and the CRL publisher only voice it. */
import type { CertificateState, RevocationReason } from '../store/states.js';
import type { CertificateRecord, RevokedEntry } from '../store/store.js';

export type CertificateStatus =
  | { readonly status: 'good' }
  | { readonly status: 'unknown' }
  | { readonly status: 'revoked'; readonly since: Date; readonly reason: RevocationReason };

const GOOD: CertificateStatus = { status: 'good' };
const UNKNOWN: CertificateStatus = { status: 'unknown' };

type Judgement = (record: CertificateRecord) => CertificateStatus;

/**
 * - `reserved` is unknown: nobody can hold the certificate yet, because nothing is delivered before it is recorded as
 *   issued. To call it good would vouch for a signature that may never be made; to call it revoked would be wrong a
 *   second later, in an answer that others keep (RFC 6960 section 2.2).
 * - `issued` is good: the certificate exists and nothing speaks against it. The device may show it to somebody before
 *   our note that it was delivered is written.
 * - `abandoned` is revoked: a signature may exist that nobody accounts for. It was not "never issued" for certain, so
 *   the extended revoked definition does not apply, and the CRL lists it too.
 * - `expired` keeps its last word for as long as the row is kept; an expired row that never had a certificate was
 *   abandoned.
 */
const JUDGEMENTS = {
  reserved: () => UNKNOWN,
  issued: () => GOOD,
  delivered: () => GOOD,
  revoked: revokedStatus,
  abandoned: revokedStatus,
  expired: (record) => (record.revocation || !record.certificate ? revokedStatus(record) : GOOD),
} as const satisfies Record<CertificateState, Judgement>;

/**
 * @param record undefined when no row has this serial number: unknown, never good, so that a forged certificate with
 *   a serial number that we never gave out finds no support here.
 * @param issuerId of the issuer that was asked about; a row of another issuer is no answer.
 */
export function decideStatus(record: CertificateRecord | undefined, issuerId: string): CertificateStatus {
  return record?.issuerId === issuerId ? JUDGEMENTS[record.state](record) : UNKNOWN;
}

function revokedStatus({ revocation, reservedAt }: CertificateRecord): CertificateStatus {
  return {
    status: 'revoked',
    since: revocation?.at ?? reservedAt,
    reason: revocation?.reason ?? 'unspecified',
  };
}

/**
 * Whether a complete CRL must list an entry. An expired certificate is listed until it stood on one CRL that was
 * issued after its end (RFC 5280 section 3.3), so that nobody can have missed it.
 * @param listedUntil thisUpdate of the complete CRL before, if there was one.
 */
export function mustBeListed(entry: RevokedEntry, issuerId: string, listedUntil: Date | undefined): boolean {
  return entry.issuerId === issuerId && (!listedUntil || entry.notAfter >= listedUntil);
}
