/** @module Writing answers: CertRep, and the signed wrapper that GetNextCACert shares with it (RFC 8894 section 3.3.2). */
import { hash as digestOf } from 'node:crypto';
import { SkepError } from '../base/errors.js';
import type { RandomBytes } from '../base/random.js';
import type { SignatureAlgorithm, Signer } from '../keys/signer.js';
import { HASHES, type HashName } from '../pki/algorithms.js';
import type { Certificate } from '../pki/certificate.js';
import {
  context,
  contextTag,
  encode,
  generalizedTime,
  integer,
  NULL,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  TAG,
  time,
  utf8String,
} from '../pki/der.js';
import { OID } from '../pki/oids.js';
import type { ContentCipherName } from './content-ciphers.js';
import type { sealEnvelope } from './envelope.js';
import { FAIL_INFO, MESSAGE_TYPES, PKI_STATUS, type FailInfo, type ReplyContext } from './message.js';

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

const digestIdentifier = (hash: HashName): Uint8Array => sequence(oid(HASHES[hash].oid), NULL);

const DIGEST_IDENTIFIERS = {
  md5: digestIdentifier('md5'),
  sha1: digestIdentifier('sha1'),
  sha256: digestIdentifier('sha256'),
  sha384: digestIdentifier('sha384'),
  sha512: digestIdentifier('sha512'),
} as const satisfies Record<HashName, Uint8Array>;

const VERSION_1 = integer(1);
const RSA_ENCRYPTION = sequence(oid(OID.rsaEncryption), NULL);

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
    attribute(OID.scepMessageType, printableString(MESSAGE_TYPES.CertRep)),
    attribute(OID.scepPkiStatus, printableString(PKI_STATUS[outcome.status])),
    attribute(OID.scepTransactionId, reply.transactionIdDer),
    attribute(OID.scepSenderNonce, octetString(deps.random(16))),
  ];
  if (reply.senderNonce) attributes.push(attribute(OID.scepRecipientNonce, octetString(reply.senderNonce)));
  if (outcome.status === 'FAILURE') {
    attributes.push(attribute(OID.scepFailInfo, printableString(FAIL_INFO[outcome.failInfo])));
    if (outcome.text) attributes.push(attribute(OID.scepFailInfoText, utf8String(outcome.text)));
  }
  // Without an envelope the content is there and empty: certmonger cannot read an answer that lacks it.
  const content =
    outcome.status === 'SUCCESS'
      ? (await loadSeal())(outcome.payload, outcome.recipient, outcome.cipher, deps.random)
      : new Uint8Array();
  return encodeSignedData(content, attributes, reply.digest, answerer, deps.now);
}

/**
 * What GetNextCACert answers: the next CA's certificates, signed by the current one (section 4.7).
 * @param payload degenerate SignedData.
 */
export async function encodeNextCa(payload: Uint8Array, answerer: Answerer, now: Date): Promise<Uint8Array> {
  return encodeSignedData(payload, [], 'sha256', answerer, now);
}

async function encodeSignedData(
  content: Uint8Array,
  scepAttributes: readonly Uint8Array[],
  digest: HashName,
  answerer: Answerer,
  now: Date,
): Promise<Uint8Array> {
  const [hash, algorithm] = chooseDigest(digest, answerer.signer);
  const attributes = setOf([
    ...scepAttributes,
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octetString(digestOf(hash, content, 'buffer'))),
    attribute(OID.signingTime, now.getUTCFullYear() < 2050 ? time(now) : generalizedTime(now)),
  ]);
  const signature = await answerer.signer.sign(attributes, algorithm);
  const digestIdentifier = DIGEST_IDENTIFIERS[hash];
  const { certificate } = answerer;
  const signerInfo = sequence(
    VERSION_1,
    sequence(certificate.issuer.der, certificate.serialNumberDer),
    digestIdentifier,
    retag(attributes, contextTag(0)),
    // rsaEncryption, not shaXWithRSAEncryption: strongSwan takes nothing else (RFC 3370 section 3.2 allows both).
    RSA_ENCRYPTION,
    octetString(signature),
  );
  const signedData = sequence(
    VERSION_1,
    encode(TAG.set, digestIdentifier),
    sequence(oid(OID.data), context(0, octetString(content))),
    context(0, certificate.der),
    encode(TAG.set, signerInfo),
  );
  return sequence(oid(OID.signedData), context(0, signedData));
}

/** The digest that was asked for, if the key can sign with it; otherwise SHA-256. */
function chooseDigest(wanted: HashName, signer: Signer): [HashName, SignatureAlgorithm] {
  const algorithm = SIGNATURE_BY_HASH[wanted];
  if (algorithm && signer.algorithms.includes(algorithm)) return [wanted, algorithm];
  if (signer.algorithms.includes('RS256')) return ['sha256', 'RS256'];
  throw new SkepError('ERR_AUTHORITY_MISSING', { detail: 'the key that answers SCEP must be RSA' });
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), encode(TAG.set, value));
}

/** The same contents under another identifier octet: IMPLICIT tagging. */
function retag(element: Uint8Array, tag: number): Uint8Array {
  const copy = Uint8Array.from(element);
  copy[0] = tag;
  return copy;
}
