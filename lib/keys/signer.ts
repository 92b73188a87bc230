/** @module Port: something that holds a private key and signs with it. */

/**
 * Signature algorithms by their JOSE names, as Key Vault has them; `RS1` is RSASSA-PKCS1-v1_5 with SHA-1,
 * which only a local RA key offers, for answers to clients that asked with SHA-1.
 */
export type SignatureAlgorithm = 'RS1' | 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'ES256' | 'ES384';

export interface Signer {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** What the key can do, the preferred algorithm first. */
  readonly algorithms: readonly [SignatureAlgorithm, ...SignatureAlgorithm[]];
  /**
   * Signs `data` (not a digest).
   * @returns The signature as X.509 carries it: PKCS#1 octets, or a DER ECDSA-Sig-Value.
   * @throws {SkepError} `ERR_SIGNER_UNAVAILABLE` when the key cannot be reached (safe to retry),
   *   `ERR_SIGNER_THROTTLED` when it was asked too often, `ERR_SIGNER_REFUSED` when it will not sign.
   */
  sign(data: Uint8Array, algorithm: SignatureAlgorithm): Promise<Uint8Array>;
}
