/** @module The states of a certificate and the moves between them. Every write of a state passes here. */
import { SkepError } from '../base/errors.js';

/**
 * - `reserved`: what will be signed is written down; the key may or may not have been used. It stays reserved when
 *   another attempt takes it up.
 * - `issued`: signed and recorded; nobody has it yet.
 * - `delivered`: its owner accepted it and the answer went out.
 * - `revoked`: no longer good; on hold when the reason is `certificateHold`.
 * - `expired`: its time is over.
 * - `abandoned`: reserved, and never finished. Should a signature exist, it is revoked.
 */
export const CERTIFICATE_STATES = [
  'reserved',
  'issued',
  'delivered',
  'revoked',
  'expired',
  'abandoned',
] as const;

export type CertificateState = (typeof CERTIFICATE_STATES)[number];

const MOVES = {
  reserved: ['reserved', 'issued', 'abandoned'],
  issued: ['delivered', 'revoked', 'expired'],
  delivered: ['revoked', 'expired'],
  revoked: ['issued', 'delivered', 'revoked', 'expired'],
  abandoned: ['expired'],
  expired: [],
} as const satisfies Record<CertificateState, readonly CertificateState[]>;

/** @throws {SkepError} `ERR_STATE` */
export function assertMove(from: CertificateState, to: CertificateState): void {
  const allowed: readonly CertificateState[] = MOVES[from];
  if (!allowed.includes(to)) throw new SkepError('ERR_STATE', { detail: `${from} to ${to}` });
}

/** Whether OCSP and the CRL must call it revoked. An abandoned one is: a signature over it may exist. */
export function isRevoked(state: CertificateState): boolean {
  return state === 'revoked' || state === 'abandoned';
}

/** CRLReason (RFC 5280 section 5.3.1); `removeFromCRL` is no state and stands in delta CRLs only. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type RevocationReason = keyof typeof REVOCATION_REASONS;
