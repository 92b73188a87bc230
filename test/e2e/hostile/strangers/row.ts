/** @module What a row of these tables says: how a message is made, and what the server has to make of it. */
import { SEED_IDS } from '../../../../dev/intune/seed.js';
import type { SignerIdentity } from '../../../../dev/scep-client/index.js';
import type { ErrorCode } from '../../../../lib/base/error-codes.js';
import type { SignedByPkijs } from '../../../support/pkijs-message.js';
import type { OpensslRequest } from './openssl.js';

/** What strangers know and have at hand. */
export interface Workshop {
  /** For openssl's files. */
  readonly folder: string;
  /** PEM file of the certificate that messages are encrypted to. */
  readonly recipient: string;
  /** PEM file of a certificate that is nobody's here. */
  readonly stranger: string;
}

export interface Row {
  /** `issued`: once, and the same again to whoever repeats it. */
  readonly outcome: ErrorCode | 'issued';
  /** Made by openssl; what is absent is as an honest device has it. */
  readonly csr?: Partial<OpensslRequest>;
  /** What becomes of the request before it is encrypted. */
  readonly spoil?: (csr: Uint8Array) => Uint8Array;
  /** Arguments of `openssl cms`. Default: AES-256 for the recipient. */
  readonly seal?: (workshop: Workshop) => readonly string[];
  readonly signer?: SignerIdentity;
  readonly signed?: SignedByPkijs;
  /** What becomes of the message after it was signed. `other` is another honest one. */
  readonly tamper?: (message: Uint8Array, other: Uint8Array) => Uint8Array;
}

/** By what they are called. */
export type Rows = Readonly<Record<string, Row>>;

export const DEVICE_SUBJECT = [`CN = ${SEED_IDS.device}`];

/** A request for these extensions. */
export const asking = (outcome: Row['outcome'], ...extensions: readonly string[]): Row => ({
  outcome,
  csr: { extensions },
});
