/** @module Events for the tests of the issuance log, all different. */
import type { LedgerEvent } from '../../../lib/ledger/ledger.js';

export const ISSUER_ID: string = 'AB'.repeat(32);
const T0 = Date.parse('2026-03-01T10:00:00Z');

export const hex64 = (n: number): string => n.toString(16).toUpperCase().padStart(64, '0');

/** One a second. */
export function issued(n: number): LedgerEvent & { readonly kind: 'issued' } {
  return {
    kind: 'issued',
    at: new Date(T0 + n * 1000),
    issuerId: ISSUER_ID,
    serialNumber: hex64(n).slice(-40),
    endpoint: 'intune',
    csrHash: hex64(n),
    signedHash: hex64(1000 + n),
    certificateHash: hex64(2000 + n),
  };
}
