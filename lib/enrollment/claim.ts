/** @module What makes two requests the same one: the key under which a request is remembered. */
import { hash } from 'node:crypto';
import type { ClaimKey } from '../store/store.js';

export interface RequestIdentity {
  readonly claim: ClaimKey;
  /** SHA-256 of the PKCS#10, upper-case hex. */
  readonly csrHash: string;
}

/**
 * - `challenge`: each challenge is good for one certificate, as Intune's are.
 * - `request`: many devices share a challenge; only the very same request is the same.
 */
export type ClaimScope = 'challenge' | 'request';

/**
 * The challenge goes in hashed and comes out nowhere.
 * @param renews serial number of the certificate of ours that signed the message: a client that renews may send the
 *   very request that it enrolled with, and wants a new certificate all the same.
 */
export function identifyRequest(
  endpoint: string,
  scope: ClaimScope,
  csr: Uint8Array,
  challenge: string | undefined,
  renews?: string,
): RequestIdentity {
  const csrHash = hash('sha256', csr).toUpperCase();
  const used = JSON.stringify([endpoint, scope, challenge ?? null]);
  const claim = hash('sha256', scope === 'request' ? used + csrHash + (renews ?? '') : used).toUpperCase();
  return { claim, csrHash };
}
