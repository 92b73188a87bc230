/** @module What makes two requests the same one: the key under which a request is remembered. */
import { hash } from 'node:crypto';
import type { ClaimKey } from '../store/store.js';
import type { Validator } from '../validators/validator.js';

export interface RequestIdentity {
  readonly claim: ClaimKey;
  /** SHA-256 of the PKCS#10, upper-case hex. */
  readonly csrHash: string;
}

/**
 * - `challenge`: each challenge is good for one certificate, as Intune's are, at whichever endpoint.
 * - `request`: many devices share a challenge; only the very same request to the same endpoint is the same.
 */
export type ClaimScope = 'challenge' | 'request';

/** Who asks whom for what. */
export interface Asked {
  readonly endpoint: string;
  readonly scope: ClaimScope;
  readonly validator: Pick<Validator, 'name' | 'identify'>;
  /** PKCS#10, DER. */
  readonly csr: Uint8Array;
  readonly challenge: string | undefined;
  /**
   * Serial number of the certificate of ours that signed the message: a client that renews may send the very request
   * that it enrolled with, and wants a new certificate all the same.
   */
  readonly renews: string | undefined;
}

/**
 * The challenge goes in hashed and comes out nowhere.
 * @throws {SkepError} `ERR_CHALLENGE_ALTERED`
 */
export function identifyRequest(asked: Asked): RequestIdentity {
  const csrHash = hash('sha256', asked.csr).toUpperCase();
  const claim = hash(
    'sha256',
    asked.scope === 'challenge' ? challengeKey(asked) : requestKey(asked, csrHash),
  );
  return { claim: claim.toUpperCase(), csrHash };
}

function challengeKey({ validator, challenge }: Asked): string {
  const identity = challenge === undefined ? null : (validator.identify?.(challenge) ?? challenge);
  return JSON.stringify([validator.name, 'challenge', identity]);
}

function requestKey({ endpoint, challenge, renews }: Asked, csrHash: string): string {
  return JSON.stringify([endpoint, 'request', challenge ?? null]) + csrHash + (renews ?? '');
}
