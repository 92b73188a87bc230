/** @module What makes two requests the same one: the key under which a request is remembered. */
import { createHash } from 'node:crypto';
import { toHex } from '../base/bytes.js';
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

/** The challenge goes in hashed and comes out nowhere. */
export function identifyRequest(
  endpoint: string,
  scope: ClaimScope,
  csr: Uint8Array,
  challenge: string | undefined,
): RequestIdentity {
  const csrHash = toHex(createHash('sha256').update(csr).digest());
  const hash = createHash('sha256').update(JSON.stringify([endpoint, scope, challenge ?? null]));
  if (scope === 'request') hash.update(csrHash);
  return { claim: toHex(hash.digest()), csrHash };
}
