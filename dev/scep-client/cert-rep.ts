/** @module Reading a CertRep as a careful client does: every check of RFC 8894 section 3.3.2 and of the strict clients. */
import type { KeyObject } from 'node:crypto';
import { equalBytes } from '../../lib/base/bytes.js';
import type { CaCertificates } from './ca-certificates.js';
import { isIssuedBy, type Certificate } from './certificate.js';
import { openEnvelope } from './envelope.js';
import { ScepClientError } from './errors.js';
import type { FailInfoName } from './message-types.js';
import { decodePkiMessage, verifyPkiMessage, type PkiMessage } from './pki-message.js';
import { findSignerCertificate, readSignedData, type SignedData } from './signed-data.js';

/** What was sent, as far as the answer must match it. */
export interface Expectation {
  readonly transactionId: string;
  readonly senderNonce: Uint8Array;
  readonly ca: CaCertificates;
  /** The key and certificate that signed the request: the answer is encrypted to them. */
  readonly signerKey: KeyObject;
  readonly signerCertificate: Certificate;
  /** Takes our own nonce for the server’s, as step-ca and micromdm send it. Default false. */
  readonly allowEchoedNonce?: boolean;
}

export type CertRep =
  | { readonly status: 'SUCCESS'; readonly message: PkiMessage; readonly payload: SignedData }
  | { readonly status: 'PENDING'; readonly message: PkiMessage }
  | {
      readonly status: 'FAILURE';
      readonly message: PkiMessage;
      readonly failInfo: FailInfoName;
      readonly failInfoText: string | undefined;
    };

/**
 * Reads and checks an answer to a PKIOperation.
 * @throws {ScepClientError} `ERR_CLIENT_MALFORMED`, `ERR_CLIENT_SIGNATURE`, `ERR_CLIENT_ANSWER`,
 * `ERR_CLIENT_UNDECRYPTABLE`, `ERR_CLIENT_ALGORITHM`
 */
export function readCertRep(body: Uint8Array, expected: Expectation): CertRep {
  const message = decodePkiMessage(body);
  const signer = findSignerCertificate(message.signer, expected.ca.signers);
  if (!signer) throw new ScepClientError('ERR_CLIENT_SIGNATURE', 'the signer is not in GetCACert');
  verifyPkiMessage(message, signer);
  assertMatches(message, expected);
  switch (message.pkiStatus) {
    case 'SUCCESS':
      return { status: 'SUCCESS', message, payload: openPayload(message, expected) };
    case 'PENDING':
      assertNoEnvelope(message);
      return { status: 'PENDING', message };
    case 'FAILURE': {
      assertNoEnvelope(message);
      const { failInfo, failInfoText } = message;
      if (!failInfo) throw new ScepClientError('ERR_CLIENT_ANSWER', 'FAILURE without failInfo');
      return { status: 'FAILURE', message, failInfo, failInfoText };
    }
    case undefined:
      throw new ScepClientError('ERR_CLIENT_ANSWER', 'no pkiStatus');
  }
}

function assertMatches(message: PkiMessage, expected: Expectation): void {
  const { senderNonce, recipientNonce } = message;
  const problem =
    message.messageTypeName !== 'CertRep'
      ? `messageType ${String(message.messageType)}`
      : message.transactionId !== expected.transactionId
        ? 'transactionID differs'
        : !recipientNonce || !equalBytes(recipientNonce, expected.senderNonce)
          ? 'recipientNonce is not our senderNonce'
          : !senderNonce || senderNonce.length === 0
            ? 'no senderNonce'
            : !expected.allowEchoedNonce && equalBytes(senderNonce, expected.senderNonce)
              ? 'senderNonce repeats ours'
              : undefined;
  if (problem) throw new ScepClientError('ERR_CLIENT_ANSWER', problem);
}

function assertNoEnvelope(message: PkiMessage): void {
  if (message.envelope) {
    throw new ScepClientError('ERR_CLIENT_ANSWER', 'an envelope where there must be none');
  }
}

function openPayload(message: PkiMessage, expected: Expectation): SignedData {
  if (!message.envelope) throw new ScepClientError('ERR_CLIENT_ANSWER', 'SUCCESS without an envelope');
  const payload = readSignedData(
    openEnvelope(message.envelope, expected.signerKey, expected.signerCertificate),
  );
  if (payload.signers.length > 0 || payload.content) {
    throw new ScepClientError('ERR_CLIENT_ANSWER', 'the payload is not a degenerate SignedData');
  }
  return payload;
}

/**
 * The issued certificate of a SUCCESS: the only one, for the key asked for, signed by the CA.
 * @throws {ScepClientError} `ERR_CLIENT_CERTIFICATE`, `ERR_CLIENT_UNTRUSTED`
 */
export function issuedCertificate(payload: SignedData, ca: Certificate, spki?: Uint8Array): Certificate {
  const [certificate, ...others] = payload.certificates;
  if (!certificate || others.length > 0) {
    throw new ScepClientError('ERR_CLIENT_CERTIFICATE', `${payload.certificates.length} certificates`);
  }
  if (spki && !equalBytes(certificate.spki, spki)) {
    throw new ScepClientError('ERR_CLIENT_CERTIFICATE', 'it holds another key');
  }
  if (!isIssuedBy(certificate, ca)) throw new ScepClientError('ERR_CLIENT_UNTRUSTED', certificate.subject);
  return certificate;
}
