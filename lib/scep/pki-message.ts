/** @module From bytes to a verified pkiMessage (RFC 8894 section 3.2). The envelope inside stays closed. */
import { hash as digestOf } from 'node:crypto';
import { concat, equalBytes } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { hashByOid, HASHES, type HashName } from '../pki/algorithms.js';
import { findExtension, parseCertificate, type Certificate } from '../pki/certificate.js';
import {
  children,
  contextTag,
  readOctets,
  readOid,
  readText,
  readWhole,
  setOf,
  TAG,
  walk,
  type Element,
} from '../pki/der.js';
import { OID } from '../pki/oids.js';
import { importPublicKey } from '../pki/public-key.js';
import { readSignatureScheme, verifySignature } from '../pki/verify.js';
import {
  MESSAGE_TYPES,
  type MessagePolicy,
  type MessageType,
  type PkiMessage,
  type ReplyContext,
} from './message.js';
import { readSignedData, type SignedData, type SignerInfo } from './signed-data.js';

/** A pkiMessage that can be answered, and nothing more is known of it. */
export interface UnverifiedMessage {
  readonly reply: ReplyContext;
  readonly signedData: SignedData;
  readonly signerInfo: SignerInfo;
}

/** Longest transactionID and nonce that we repeat; real ones have at most 88 and 16 octets. */
const MAX_TRANSACTION_ID = 256;
const MAX_NONCE = 256;
/** RSA-1024: no device makes a shorter key any more, not even for a throw-away certificate. */
const MIN_SIGNER_OCTETS = 128;

/**
 * Reads a message as far as an answer needs it.
 * @param body BER of a ContentInfo; its size was limited by the transport.
 * @throws {SkepError} `ERR_SCEP_MALFORMED`: there is nothing to answer to, which is HTTP 400.
 */
export function readPkiMessage(body: Uint8Array): UnverifiedMessage {
  try {
    const signedData = readSignedData(body);
    const [signerInfo] = signedData.signerInfos;
    if (!signerInfo) throw new SkepError('ERR_SCEP_MALFORMED', { detail: 'nobody signed it' });
    const transactionId = attributeValue(signerInfo, OID.scepTransactionId);
    const text = transactionId && readText(transactionId);
    if (!transactionId || !text || text.length > MAX_TRANSACTION_ID) {
      throw new SkepError('ERR_SCEP_MALFORMED', { detail: 'no usable transactionID' });
    }
    const reply = {
      transactionId: text,
      transactionIdDer: transactionId.bytes,
      senderNonce: readNonce(attributeValue(signerInfo, OID.scepSenderNonce)),
      digest: answerDigest(signerInfo),
    };
    return { reply, signedData, signerInfo };
  } catch (cause) {
    if (cause instanceof SkepError && cause.code === 'ERR_SCEP_MALFORMED') throw cause;
    throw new SkepError('ERR_SCEP_MALFORMED', {
      cause,
      detail: cause instanceof SkepError ? (cause.detail ?? '') : '',
    });
  }
}

/** Repeated whole or not at all: what is no octet string, or too long, counts as missing. */
function readNonce(value: Element | undefined): Uint8Array | undefined {
  if (!value || (value.tag & ~0x20) !== TAG.octetString) return undefined;
  const octets = readOctets(value, 'BER');
  return octets.length <= MAX_NONCE ? octets : undefined;
}

/** The request's own digest; SHA-1 for MD5, which old devices can check; SHA-256 for anything unknown. */
function answerDigest(signerInfo: SignerInfo): HashName {
  const digest = hashByOid(readOid(walk(signerInfo.digestAlgorithm, 'BER').next(TAG.oid)));
  return digest === 'md5' ? 'sha1' : (digest ?? 'sha256');
}

/**
 * Checks everything that RFC 8894 demands of a request's outer layer.
 * @throws {SkepError} `ERR_SCEP_BAD_MESSAGE`, `ERR_SCEP_MESSAGE_TYPE`, `ERR_SCEP_ALGORITHM`, `ERR_SCEP_SIGNATURE`
 */
export function verifyPkiMessage(unverified: UnverifiedMessage, policy: MessagePolicy): PkiMessage {
  const { signedData, signerInfo, reply } = unverified;
  if (signedData.signerInfos.length !== 1) throw bad('more than one signer');
  if (signedData.contentType !== OID.data || !signedData.content?.length) throw bad('no content');
  if (!reply.senderNonce?.length) throw bad('no usable senderNonce');
  assertOnce(signerInfo);

  const hash = messageHash(signerInfo, policy);
  const messageType = readMessageType(signerInfo);
  const signer = findSigner(signedData, signerInfo);
  assertCanReceive(signer);
  verifyDigest(signedData.content, signerInfo, hash);
  verifyAttributes(signerInfo, signer, hash);
  return { reply, messageType, signer, envelope: signedData.content };
}

/** The answer is encrypted to this key: only RSA can take it, and none that a content key hardly fits into (section 3.1). */
function assertCanReceive({ publicKey: { rsa } }: Certificate): void {
  if (!rsa) throw new SkepError('ERR_SCEP_ALGORITHM', { detail: 'signer key is not RSA' });
  if (rsa.modulus.length < MIN_SIGNER_OCTETS) {
    throw new SkepError('ERR_SCEP_ALGORITHM', { detail: `signer key of ${rsa.modulus.length} octets` });
  }
}

/** An attribute that stands twice, or has two values, could mean two things. */
function assertOnce(signerInfo: SignerInfo): void {
  const seen = new Set<string>();
  for (const { type, values } of signerInfo.attributes) {
    if (seen.has(type) || values.length !== 1) throw bad(`attribute ${type} more than once`);
    seen.add(type);
  }
}

function messageHash(signerInfo: SignerInfo, policy: MessagePolicy): HashName {
  const dotted = readOid(walk(signerInfo.digestAlgorithm, 'BER').next(TAG.oid));
  const hash = hashByOid(dotted);
  if (!hash || (HASHES[hash].legacy && !policy.legacy)) {
    throw new SkepError('ERR_SCEP_ALGORITHM', { detail: `digest ${hash ?? dotted}` });
  }
  return hash;
}

const TYPE_BY_NUMBER: ReadonlyMap<string, MessageType> = new Map(
  Object.entries(MESSAGE_TYPES).map(([type, number]) => [number, type as MessageType]),
);

function readMessageType(signerInfo: SignerInfo): MessageType {
  const value = attributeValue(signerInfo, OID.scepMessageType);
  const number = value && readText(value);
  const type = TYPE_BY_NUMBER.get(number ?? '');
  if (!type || type === 'CertRep') {
    throw new SkepError('ERR_SCEP_MESSAGE_TYPE', { detail: `messageType ${number ?? 'missing'}` });
  }
  return type;
}

/** The certificate that SignerInfo names, wherever it stands in the set. */
function findSigner(signedData: SignedData, signerInfo: SignerInfo): Certificate {
  const { identifier } = signerInfo;
  for (const der of signedData.certificates) {
    const certificate = tryParse(der);
    if (certificate && identifies(identifier, certificate)) return certificate;
  }
  throw new SkepError('ERR_SCEP_SIGNATURE', { detail: 'the signer’s certificate is missing' });
}

function tryParse(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch {
    // One unreadable certificate among several is no reason to refuse: it is not the one we look for.
    return undefined;
  }
}

/** Whether a CMS SignerIdentifier or RecipientIdentifier means this certificate (RFC 5652 section 5.3). */
export function identifies(identifier: Element, certificate: Certificate): boolean {
  if (identifier.tag === contextTag(0, false)) {
    const extension = findExtension(certificate, OID.subjectKeyIdentifier);
    return (
      extension !== undefined &&
      equalBytes(readWhole(extension.value, TAG.octetString).content, identifier.content)
    );
  }
  if (identifier.tag !== TAG.sequence) return false;
  const [issuer, serial] = children(identifier, 'BER');
  return (
    issuer !== undefined &&
    serial !== undefined &&
    equalBytes(issuer.bytes, certificate.issuer.der) &&
    equalBytes(serial.bytes, certificate.serialNumberDer)
  );
}

function verifyDigest(content: Uint8Array, signerInfo: SignerInfo, hash: HashName): void {
  const contentType = attributeValue(signerInfo, OID.contentType);
  if (!contentType || readOid(contentType) !== OID.data) throw bad('contentType attribute');
  const digest = attributeValue(signerInfo, OID.messageDigest);
  if (!digest || !equalBytes(readOctets(digest, 'BER'), digestOf(hash, content, 'buffer'))) {
    throw new SkepError('ERR_SCEP_SIGNATURE', { detail: 'messageDigest' });
  }
}

const SET_OF = Uint8Array.of(TAG.set);

/**
 * The signature covers the attributes as a SET OF (RFC 5652 section 5.4). Most clients sign the order that they send;
 * some sign the sorted one and send another, so that is tried second.
 */
function verifyAttributes(signerInfo: SignerInfo, signer: Certificate, hash: HashName): void {
  const scheme = readSignatureScheme(signerInfo.signatureAlgorithm, hash);
  const key = importPublicKey(signer.publicKey);
  const sent = signerInfo.signedAttributes;
  if (!sent) throw bad('no signed attributes');
  const verifies = (data: Uint8Array) => verifySignature(key, scheme, data, signerInfo.signature);
  if (!sent.indefinite && verifies(concat([SET_OF, sent.bytes.subarray(1)]))) return;
  if (verifies(setOf(children(sent, 'BER').map(({ bytes }) => bytes)))) return;
  throw new SkepError('ERR_SCEP_SIGNATURE', { detail: 'signature' });
}

function attributeValue(signerInfo: SignerInfo, type: string): Element | undefined {
  return signerInfo.attributes.find((attribute) => attribute.type === type)?.values[0];
}

function bad(detail: string): SkepError {
  return new SkepError('ERR_SCEP_BAD_MESSAGE', { detail });
}
