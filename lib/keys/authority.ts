/** @module Port: the certification authority as the rest of the program sees it. */
import type { Decrypter } from './decrypter.js';
import type { SignatureAlgorithm, Signer } from './signer.js';

/** A CA certificate with the key that signs for it. */
export interface Issuer {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly signer: Signer;
  readonly algorithm: SignatureAlgorithm;
}

/** A certificate that SCEP requests are encrypted to and answers are signed with: the RA, or the CA in CA mode. */
export interface ScepRecipient {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly decrypter: Decrypter;
  readonly signer: Signer;
}

/** One consistent view; a new one replaces it when a certificate was renewed or rolled over. */
export interface Authority {
  readonly mode: 'ra' | 'ca';
  readonly issuer: Issuer;
  /** Certificates above the issuer up to its root, nearest first; empty for a self-signed CA. DER. */
  readonly chain: readonly Uint8Array[];
  /** The first is handed out and signs; the others still open what was encrypted to them. */
  readonly recipients: readonly [ScepRecipient, ...ScepRecipient[]];
  /** CA certificates whose leaf certificates may authenticate a renewal, the issuer's own among them. DER. */
  readonly trusted: readonly Uint8Array[];
  /**
   * CAs that this one followed, where their keys are still at hand: their CRLs and OCSP answers go on until they expire.
   * Absent: none.
   */
  readonly former?: readonly Issuer[];
  /** What GetNextCACert hands out, once there is a next CA: its certificates, the CA first. DER. */
  readonly next?: readonly Uint8Array[];
  /** When the next CA takes over, and this view is no longer true. Absent: not known. */
  readonly until?: Date;
}

/**
 * Answers from memory when it can; reloads when the source may have changed.
 * @param anew something is missing in the view that was just given: looks again first, unless that was done within a
 *   minute, and throws why when that failed. Default: a failure leaves the last view in use.
 */
export type AuthoritySource = (anew?: 'anew') => Promise<Authority>;
