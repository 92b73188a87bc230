/** @module Writing answers: CertRep (RFC 8894 section 3.3.2). */
import { SkepError } from '../base/errors.js';
import type { RandomBytes } from '../base/random.js';
import type { SignatureAlgorithm, Signer } from '../keys/signer.js';
import type { HashName } from '../pki/algorithms.js';
import type { Certificate } from '../pki/certificate.js';
import { octetString, printableString, utf8String } from '../pki/der.js';
import { OID } from '../pki/oids.js';
import type { ContentCipherName } from './content-ciphers.js';
import type { sealEnvelope } from './envelope.js';
import { FAIL_INFO, MESSAGE_TYPES, PKI_STATUS, type FailInfo, type ReplyContext } from './message.js';
import { encodeAttribute, encodeSignedData } from './sign-data.js';

/** Who signs answers: the RA, or the CA in CA mode. Always RSA. */
export interface Answerer {
  readonly certificate: Certificate;
  readonly signer: Signer;
}

export interface AnswerDeps {
  readonly random: RandomBytes;
  readonly now: Date;
}

export type Outcome =
  | {
      readonly status: 'SUCCESS';
      /** Degenerate SignedData with the issued certificate alone, or with the CRL alone. */
      readonly payload: Uint8Array;
      /** The request's signer, who can open the answer. */
      readonly recipient: Certificate;
      readonly cipher: ContentCipherName;
    }
  | { readonly status: 'FAILURE'; readonly failInfo: FailInfo; readonly text?: string }
  | { readonly status: 'PENDING' };

const SIGNATURE_BY_HASH = {
  md5: undefined,
  sha1: 'RS1',
  sha256: 'RS256',
  sha384: 'RS384',
  sha512: 'RS512',
} as const satisfies Record<HashName, SignatureAlgorithm | undefined>;

let seal: typeof sealEnvelope | undefined;

/** pkijs is loaded for the first envelope: GetCACert, which a cold start is waited for with, needs none. */
async function loadSeal(): Promise<typeof sealEnvelope> {
  return (seal ??= (await import('./envelope.js')).sealEnvelope);
}

/**
 * Builds a signed CertRep.
 * @returns ContentInfo with SignedData, definite-length DER.
 * @throws {SkepError} what the signer throws.
 */
export async function encodeCertRep(
  reply: ReplyContext,
  outcome: Outcome,
  answerer: Answerer,
  deps: AnswerDeps,
): Promise<Uint8Array> {
  const attributes = [
    encodeAttribute(OID.scepMessageType, printableString(MESSAGE_TYPES.CertRep)),
    encodeAttribute(OID.scepPkiStatus, printableString(PKI_STATUS[outcome.status])),
    encodeAttribute(OID.scepTransactionId, reply.transactionIdDer),
    encodeAttribute(OID.scepSenderNonce, octetString(deps.random(16))),
  ];
  if (reply.senderNonce)
    attributes.push(encodeAttribute(OID.scepRecipientNonce, octetString(reply.senderNonce)));
  if (outcome.status === 'FAILURE') {
    attributes.push(encodeAttribute(OID.scepFailInfo, printableString(FAIL_INFO[outcome.failInfo])));
    if (outcome.text) attributes.push(encodeAttribute(OID.scepFailInfoText, utf8String(outcome.text)));
  }
  // Without an envelope the content is there and empty: certmonger cannot read an answer that lacks it.
  const content =
    outcome.status === 'SUCCESS'
      ? (await loadSeal())(outcome.payload, outcome.recipient, outcome.cipher, deps.random)
      : new Uint8Array();
  const { certificate, signer } = answerer;
  const algorithm = chooseAlgorithm(reply.digest, signer);
  return encodeSignedData(content, attributes, [{ certificate, signer, algorithm }], deps.now);
}

/** With the digest that was asked for, if the key can sign with it; otherwise SHA-256. */
function chooseAlgorithm(wanted: HashName, { algorithms }: Signer): SignatureAlgorithm {
  const algorithm = SIGNATURE_BY_HASH[wanted];
  if (algorithm && algorithms.includes(algorithm)) return algorithm;
  if (algorithms.includes('RS256')) return 'RS256';
  throw new SkepError('ERR_AUTHORITY_MISSING', { detail: 'the key that answers SCEP must be RSA' });
}
