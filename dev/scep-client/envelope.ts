/** @module CMS EnvelopedData (RFC 5652 section 6): sealed by hand, so that every variant can be made; read with asn1js. */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { concat, equalBytes } from '../../lib/base/bytes.js';
import { systemRandom, type RandomBytes } from '../../lib/base/random.js';
import { cipherByOid, CIPHERS, type CipherName } from './algorithms.js';
import {
  childrenOf,
  integerOf,
  isContext,
  octetsOf,
  oidOf,
  rawBytes,
  readBlock,
  reading,
  sequenceOf,
  setOf,
  type Block,
} from './ber-reader.js';
import {
  algorithm,
  context,
  contextPrimitive,
  element,
  indefinite,
  integer,
  octetString,
  oid,
  sequence,
} from './ber-writer.js';
import type { Certificate } from './certificate.js';
import { ScepClientError } from './errors.js';
import { readKeyTransport, unwrapKey, wrapKey, type KeyTransportName } from './key-transport.js';
import { OID } from './oids.js';
import { readAlgorithmIdentifier, type AlgorithmIdentifier } from './signatures.js';

export interface SealOptions {
  /** Everyone who may open it; each by issuer and serial number. */
  readonly recipients: readonly Certificate[];
  /** Default `aes128`. */
  readonly cipher?: CipherName;
  /** Default `pkcs1`. */
  readonly keyTransport?: KeyTransportName;
  /** Writes BER: indefinite lengths and a segmented encryptedContent, as BouncyCastle and newer iOS do. */
  readonly indefinite?: boolean;
  readonly random?: RandomBytes;
}

/** IssuerAndSerialNumber (RFC 5652 section 10.2.4). */
export const issuerAndSerial = (certificate: Certificate): Uint8Array =>
  sequence(certificate.issuerDer, element(0x02, certificate.serialNumber));

/** ContentInfo with the EnvelopedData of `content`. */
export function sealEnvelope(content: Uint8Array, options: SealOptions): Uint8Array {
  const { recipients, cipher = 'aes128', keyTransport = 'pkcs1', random = systemRandom } = options;
  const { oid: cipherOid, keyBytes, ivBytes } = CIPHERS[cipher];
  const key = random(keyBytes);
  const iv = random(ivBytes);
  const encrypted = runCipher(createCipheriv(CIPHERS[cipher].nodeName, cipherKey(cipher, key), iv), content);
  const recipientInfos = recipients.map((certificate) => {
    const wrapped = wrapKey(certificate.publicKey, key, keyTransport);
    const rid = issuerAndSerial(certificate);
    return sequence(integer(0), rid, wrapped.algorithm, octetString(wrapped.encryptedKey));
  });
  const head = [oid(OID.data), algorithm(cipherOid, octetString(iv))];
  const recipientSet = element(0x31, ...recipientInfos);
  if (!options.indefinite) {
    const body = sequence(integer(0), recipientSet, sequence(...head, contextPrimitive(0, encrypted)));
    return sequence(oid(OID.envelopedData), context(0, body));
  }
  const contentInfo = indefinite(0x30, ...head, indefinite(0xa0, ...segments(encrypted)));
  const body = indefinite(0x30, integer(0), recipientSet, contentInfo);
  return indefinite(0x30, oid(OID.envelopedData), indefinite(0xa0, body));
}

/** OCTET STRING segments of at most 1000 octets. */
export function segments(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 1000) parts.push(octetString(bytes.subarray(at, at + 1000)));
  return parts;
}

/** Single DES as triple DES: one key three times. */
const cipherKey = (cipher: CipherName, key: Uint8Array): Uint8Array =>
  cipher === 'des' ? concat([key, key, key]) : key;

const runCipher = (
  cipher: { update(data: Uint8Array): Buffer; final(): Buffer },
  data: Uint8Array,
): Uint8Array => new Uint8Array(concat([cipher.update(data), cipher.final()]));

/** Whom one RecipientInfo names, and how the key was wrapped. */
export interface EnvelopeRecipient {
  /** IssuerAndSerialNumber in DER, or `undefined` for a key identifier. */
  readonly issuerAndSerial: Uint8Array | undefined;
  readonly keyIdentifier: Uint8Array | undefined;
  readonly serialNumber: Uint8Array | undefined;
  readonly issuerDer: Uint8Array | undefined;
  readonly keyTransport: AlgorithmIdentifier;
  readonly encryptedKey: Uint8Array;
}

export interface Envelope {
  readonly contentType: string;
  readonly cipherOid: string;
  readonly cipher: CipherName | undefined;
  readonly iv: Uint8Array;
  readonly encryptedContent: Uint8Array;
  readonly recipients: readonly EnvelopeRecipient[];
}

/** Reads a ContentInfo with EnvelopedData without opening it. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readEnvelope(der: Uint8Array): Envelope {
  return reading('EnvelopedData', () => {
    const [contentType, explicit] = sequenceOf(readBlock(der, 'EnvelopedData'));
    if (oidOf(contentType) !== OID.envelopedData) {
      throw new ScepClientError('ERR_CLIENT_MALFORMED', 'content is not EnvelopedData');
    }
    const [, ...fields] = sequenceOf(childrenOf(explicit)[0]);
    if (fields[0] && isContext(fields[0], 0)) fields.shift();
    const [recipientInfos, encryptedContentInfo] = fields;
    const [innerType, algorithm, encryptedContent] = sequenceOf(encryptedContentInfo);
    if (!encryptedContent) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'no encryptedContent');
    const { algorithmId: cipherOid, algorithmParams } = readAlgorithmIdentifier(algorithm);
    return {
      contentType: oidOf(innerType),
      cipherOid,
      cipher: cipherByOid(cipherOid),
      iv: octetsOf(algorithmParams as Block),
      encryptedContent: octetsOf(encryptedContent),
      // Other kinds than KeyTransRecipientInfo have a context tag.
      recipients: setOf(recipientInfos)
        .filter((block) => block.idBlock.tagClass === 1)
        .map(readRecipient),
    };
  });
}

function readRecipient(info: Block): EnvelopeRecipient {
  const [, rid, keyTransport, encryptedKey] = sequenceOf(info);
  if (!rid || !encryptedKey) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'KeyTransRecipientInfo');
  const common = {
    keyTransport: readAlgorithmIdentifier(keyTransport),
    encryptedKey: octetsOf(encryptedKey),
  };
  if (isContext(rid, 0)) {
    const none = { issuerAndSerial: undefined, serialNumber: undefined, issuerDer: undefined };
    return { ...common, ...none, keyIdentifier: octetsOf(rid) };
  }
  const [issuer, serial] = sequenceOf(rid);
  return {
    ...common,
    keyIdentifier: undefined,
    issuerAndSerial: rawBytes(rid),
    serialNumber: integerOf(serial),
    issuerDer: issuer && rawBytes(issuer),
  };
}

/**
 * Opens an envelope.
 * @param recipient whose RecipientInfo to use; without it, every one is tried.
 * @throws {ScepClientError} `ERR_CLIENT_UNDECRYPTABLE`, `ERR_CLIENT_ALGORITHM`, `ERR_CLIENT_MALFORMED`
 */
export function openEnvelope(der: Uint8Array, key: KeyObject, recipient?: Certificate): Uint8Array {
  const envelope = readEnvelope(der);
  const { cipher } = envelope;
  if (!cipher) throw new ScepClientError('ERR_CLIENT_ALGORITHM', `content cipher ${envelope.cipherOid}`);
  const ours = recipient && issuerAndSerial(recipient);
  const candidates = envelope.recipients.filter(
    (candidate) => !ours || (candidate.issuerAndSerial && equalBytes(candidate.issuerAndSerial, ours)),
  );
  let failure: unknown;
  for (const candidate of candidates) {
    try {
      const contentKey = unwrapKey(key, candidate.encryptedKey, readKeyTransport(candidate.keyTransport));
      return decryptContent(envelope, cipher, contentKey);
    } catch (cause) {
      failure = cause;
    }
  }
  if (failure instanceof ScepClientError) throw failure;
  throw new ScepClientError('ERR_CLIENT_UNDECRYPTABLE', 'it is encrypted to somebody else');
}

function decryptContent(envelope: Envelope, cipher: CipherName, key: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv(CIPHERS[cipher].nodeName, cipherKey(cipher, key), envelope.iv);
    return runCipher(decipher, envelope.encryptedContent);
  } catch (cause) {
    throw new ScepClientError('ERR_CLIENT_UNDECRYPTABLE', 'content', { cause });
  }
}
