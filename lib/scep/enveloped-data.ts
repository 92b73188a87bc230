/** @module Reading CMS EnvelopedData (RFC 5652 section 6): who it is for, and how it is locked. */
import { SkepError } from '../base/errors.js';
import type { KeyTransport } from '../keys/decrypter.js';
import { HASHES } from '../pki/algorithms.js';
import {
  children,
  contextTag,
  expectTag,
  readOctets,
  readOid,
  readWhole,
  TAG,
  walk,
  type Element,
} from '../pki/der.js';
import { OID } from '../pki/oids.js';
import { CONTENT_CIPHERS, contentCipherByOid, type ContentCipherName } from './content-ciphers.js';
import { octetString, unwrap } from './signed-data.js';

export interface KeyTransportRecipient {
  /** IssuerAndSerialNumber, or `[0]` SubjectKeyIdentifier. */
  readonly identifier: Element;
  readonly algorithm: Element;
  readonly encryptedKey: Uint8Array;
}

export interface EnvelopedData {
  readonly recipients: readonly KeyTransportRecipient[];
  readonly cipher: ContentCipherName;
  readonly iv: Uint8Array;
  readonly encryptedContent: Uint8Array;
}

/**
 * @param legacy whether single DES may be used.
 * @throws {SkepError} `ERR_DER`, `ERR_SCEP_BAD_MESSAGE`, `ERR_SCEP_ALGORITHM`
 */
export function readEnvelopedData(bytes: Uint8Array, legacy: boolean): EnvelopedData {
  const contentInfo = walk(readWhole(bytes, TAG.sequence, 'BER'), 'BER');
  if (readOid(contentInfo.next(TAG.oid)) !== OID.envelopedData) throw bad('content is not EnvelopedData');
  const fields = walk(expectTag(unwrap(contentInfo.next(contextTag(0))), TAG.sequence), 'BER');
  contentInfo.end();

  fields.next(TAG.integer);
  fields.optional(contextTag(0));
  const recipients = children(fields.next(TAG.set), 'BER', 32)
    // Other kinds (key agreement, password) have context tags; no client of SCEP sends them.
    .filter((element) => element.tag === TAG.sequence)
    .map(readRecipient);
  const encrypted = walk(fields.next(TAG.sequence), 'BER');
  if (readOid(encrypted.next(TAG.oid)) !== OID.data) throw bad('encrypted content is not data');
  const algorithm = walk(encrypted.next(TAG.sequence), 'BER');
  const cipher = contentCipherByOid(readOid(algorithm.next(TAG.oid)), legacy);
  const iv = readOctets(octetString(algorithm.next()), 'BER');
  const { blockLength } = CONTENT_CIPHERS[cipher];
  if (iv.length !== blockLength) throw bad('length of the initialisation vector');
  const content = encrypted.optional(contextTag(0)) ?? encrypted.optional(contextTag(0, false));
  if (!content) throw bad('no encrypted content');
  const encryptedContent = readOctets(content, 'BER');
  if (encryptedContent.length === 0 || encryptedContent.length % blockLength !== 0) {
    throw bad('length of the encrypted content');
  }
  return { recipients, cipher, iv, encryptedContent };
}

function readRecipient(element: Element): KeyTransportRecipient {
  const fields = walk(element, 'BER');
  fields.next(TAG.integer);
  const identifier = fields.next();
  const algorithm = fields.next(TAG.sequence);
  const encryptedKey = readOctets(octetString(fields.next()), 'BER');
  fields.end();
  return { identifier, algorithm, encryptedKey };
}

/**
 * RSAES-PKCS1-v1_5, or RSAES-OAEP with one hash for label and mask (RFC 4055 section 4.1).
 * @throws {SkepError} `ERR_SCEP_ALGORITHM`
 */
export function readKeyTransport(algorithm: Element): KeyTransport {
  const fields = walk(algorithm, 'BER');
  const dotted = readOid(fields.next(TAG.oid));
  if (dotted === OID.rsaEncryption) return 'pkcs1';
  if (dotted !== OID.rsaesOaep) throw unsupported(`key transport ${dotted}`);
  const [parameters] = fields.rest();
  if (!parameters || parameters.tag === TAG.null) return 'oaep-sha1';
  const members = walk(expectTag(parameters, TAG.sequence), 'BER');
  const hash = members.optional(contextTag(0));
  const mask = members.optional(contextTag(1));
  const label = members.optional(contextTag(2));
  members.end();
  const hashOid = hash ? algorithmOid(hash) : HASHES.sha1.oid;
  const maskOid = mask ? maskHash(mask) : HASHES.sha1.oid;
  if (label && !hasEmptyLabel(label)) throw unsupported('OAEP label');
  if (hashOid === HASHES.sha1.oid && maskOid === HASHES.sha1.oid) return 'oaep-sha1';
  if (hashOid === HASHES.sha256.oid && maskOid === HASHES.sha256.oid) return 'oaep-sha256';
  throw unsupported('OAEP hashes');
}

function algorithmOid(wrapped: Element): string {
  return readOid(walk(expectTag(unwrap(wrapped), TAG.sequence), 'BER').next(TAG.oid));
}

function maskHash(wrapped: Element): string {
  const fields = walk(expectTag(unwrap(wrapped), TAG.sequence), 'BER');
  if (readOid(fields.next(TAG.oid)) !== OID.mgf1) throw unsupported('OAEP mask generation');
  return readOid(walk(fields.next(TAG.sequence), 'BER').next(TAG.oid));
}

function hasEmptyLabel(label: Element): boolean {
  const fields = walk(expectTag(unwrap(label), TAG.sequence), 'BER');
  return (
    readOid(fields.next(TAG.oid)) === OID.pSpecified && fields.next(TAG.octetString).content.length === 0
  );
}

const bad = (detail: string): SkepError => new SkepError('ERR_SCEP_BAD_MESSAGE', { detail });
const unsupported = (detail: string): SkepError => new SkepError('ERR_SCEP_ALGORITHM', { detail });
