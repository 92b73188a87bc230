/** @module Port: who decides whether a certification request is genuine. */
import type { ErrorCode } from '../base/error-codes.js';

/** What a validator is shown. The bytes are the very ones that the certificate is issued from. */
export interface ValidationRequest {
  /** SCEP transactionID; attacker-chosen text, for correlation only. */
  readonly transactionId: string;
  /** PKCS#10, DER, exactly as it came out of the envelope. Its self-signature has been verified. */
  readonly csr: Uint8Array;
  /** The challengePassword of the request, if it has one. */
  readonly challenge: string | undefined;
  /** The certificate that signed the pkiMessage, DER. */
  readonly signerCertificate: Uint8Array;
}

export type Verdict =
  | {
      readonly granted: true;
      /** For the journal and for lookups, when the validator knows it. */
      readonly deviceId?: string;
      /** Serial number of the certificate that is being renewed, upper-case hex. */
      readonly renews?: string;
    }
  | {
      readonly granted: false;
      readonly code: ErrorCode;
      /** For the log, never for the device; carries no challenge. */
      readonly detail: string;
    };

/** What a validator's owner wants to hear of a certificate that it granted. */
export interface IssuedNotice {
  readonly transactionId: string;
  readonly csr: Uint8Array;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Upper-case hex. */
  readonly serialNumber: string;
  readonly notAfter: Date;
  /** RFC 4514 text of the issuer's name. */
  readonly issuer: string;
}

export interface FailedNotice {
  readonly transactionId: string;
  readonly csr: Uint8Array;
  readonly code: ErrorCode;
  /** At most 255 characters reach Intune. */
  readonly detail: string;
}

export interface Validator {
  readonly name: string;
  /**
   * Present when one challenge can be written in several ways: the same text for all of them, so that none is good
   * twice. Without it a challenge is its text.
   * @throws {SkepError} `ERR_CHALLENGE_ALTERED` when it cannot be told which challenge it is.
   */
  identify?(challenge: string): string;
  /**
   * @throws {SkepError} `ERR_VALIDATOR_UNAVAILABLE` when no verdict could be had: nothing may be issued, the device
   *   may come back.
   */
  validate(request: ValidationRequest): Promise<Verdict>;
  /**
   * Present when the owner must accept a certificate before it is delivered.
   * @returns A refusal when the owner does not accept it: the certificate must be revoked.
   * @throws {SkepError} `ERR_VALIDATOR_UNAVAILABLE` when it could not be told.
   */
  notifySuccess?(notice: IssuedNotice): Promise<Verdict>;
  /** Present when the owner wants to hear that a granted request failed here. Best effort: it never throws. */
  notifyFailure?(notice: FailedNotice): Promise<void>;
}
