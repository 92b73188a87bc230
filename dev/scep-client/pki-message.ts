/** @module The pkiMessage of RFC 8894 section 3.2: bytes to a typed message and back. */
import type { KeyObject } from 'node:crypto';
import { systemRandom, type RandomBytes } from '../../lib/base/random.js';
import type { CipherName, DigestName } from './algorithms.js';
import { dateOf, octetsOf, textOf, type Block } from './ber-reader.js';
import { attribute, octetString, string, time } from './ber-writer.js';
import type { Certificate } from './certificate.js';
import { sealEnvelope } from './envelope.js';
import { ScepClientError } from './errors.js';
import type { KeyTransportName } from './key-transport.js';
import {
  FAIL_INFOS,
  MESSAGE_TYPES,
  nameOf,
  PKI_STATUSES,
  type FailInfoName,
  type MessageTypeName,
  type PkiStatusName,
} from './message-types.js';
import { OID } from './oids.js';
import {
  assertSignedBy,
  encodeSignedData,
  findSignerCertificate,
  readSignedData,
  type SignedData,
  type Signer,
} from './signed-data.js';

/** The attributes of RFC 8894 section 3.2.1; what is `undefined` is left out. */
export interface ScepAttributes {
  /** A name, or any number to be written as it is. */
  readonly messageType: MessageTypeName | number | undefined;
  readonly transactionId: string | undefined;
  readonly senderNonce: Uint8Array | undefined;
  readonly recipientNonce?: Uint8Array;
  readonly pkiStatus?: PkiStatusName;
  readonly failInfo?: FailInfoName;
  readonly failInfoText?: string;
  readonly signingTime?: Date;
}

export interface PkiMessageOptions extends ScepAttributes {
  /** What the envelope holds: a PKCS#10 request or query data, DER. `undefined` makes no envelope. */
  readonly messageData: Uint8Array | undefined;
  readonly recipients: readonly Certificate[];
  readonly signerKey: KeyObject;
  readonly signerCertificate: Certificate;
  /** Default `sha256`. */
  readonly digest?: DigestName;
  /** Default `pkcs1`. */
  readonly padding?: 'pkcs1' | 'pss';
  readonly signatureOid?: 'rsaEncryption' | 'full';
  /** Default `aes128`. */
  readonly cipher?: CipherName;
  /** Default `pkcs1`. */
  readonly keyTransport?: KeyTransportName;
  /** BER with indefinite lengths in all CMS layers. */
  readonly indefinite?: boolean;
  readonly sortAttributes?: boolean;
  readonly certificates?: readonly Uint8Array[];
  /** Whole Attribute encodings, added to the signed ones. */
  readonly extraAttributes?: readonly Uint8Array[];
  /** The eContent itself, in place of an envelope of `messageData`. */
  readonly envelope?: Uint8Array;
  readonly corrupt?: 'signature' | 'content';
  readonly random?: RandomBytes;
}

/** A signed, enveloped pkiMessage. */
export function encodePkiMessage(options: PkiMessageOptions): Uint8Array {
  const { messageData, digest = 'sha256', padding = 'pkcs1', random = systemRandom } = options;
  const envelope = options.envelope ?? (messageData && sealEnvelope(messageData, { ...options, random }));
  return encodeSignedData({
    ...options,
    digest,
    padding,
    // A CertRep without certificates still needs its eContent; clients differ on an absent one.
    content: envelope ?? new Uint8Array(),
    attributes: [...encodeAttributes(options), ...(options.extraAttributes ?? [])],
  });
}

function encodeAttributes(attributes: ScepAttributes): Uint8Array[] {
  const printable = (oid: string, value: string | number | undefined) =>
    value === undefined ? [] : [attribute(oid, string('printable', String(value)))];
  const octets = (oid: string, value: Uint8Array | undefined) =>
    value === undefined ? [] : [attribute(oid, octetString(value))];
  const { messageType, pkiStatus, failInfo, failInfoText, signingTime } = attributes;
  return [
    ...printable(OID.transactionId, attributes.transactionId),
    ...printable(OID.messageType, typeof messageType === 'string' ? MESSAGE_TYPES[messageType] : messageType),
    ...octets(OID.senderNonce, attributes.senderNonce),
    ...octets(OID.recipientNonce, attributes.recipientNonce),
    ...printable(OID.pkiStatus, pkiStatus && PKI_STATUSES[pkiStatus]),
    ...printable(OID.failInfo, failInfo && FAIL_INFOS[failInfo]),
    ...(failInfoText === undefined ? [] : [attribute(OID.failInfoText, string('utf8', failInfoText))]),
    ...(signingTime ? [attribute(OID.signingTime, time(signingTime))] : []),
  ];
}

/** A pkiMessage, read but not verified: see {@link verifyPkiMessage}. */
export interface PkiMessage {
  /** The number, and its name if it has one. */
  readonly messageType: number | undefined;
  readonly messageTypeName: MessageTypeName | undefined;
  readonly transactionId: string | undefined;
  readonly senderNonce: Uint8Array | undefined;
  readonly recipientNonce: Uint8Array | undefined;
  readonly pkiStatus: PkiStatusName | undefined;
  readonly failInfo: FailInfoName | undefined;
  readonly failInfoText: string | undefined;
  /** The HRESULT that NDES, or a server like it, tells Windows: unsigned 32 bits. */
  readonly hresult: number | undefined;
  readonly signingTime: Date | undefined;
  /** DER or BER of the pkcsPKIEnvelope; `undefined` when there is none or an empty one. */
  readonly envelope: Uint8Array | undefined;
  readonly signer: Signer;
  /** The signer's certificate, if the message encloses it. */
  readonly signerCertificate: Certificate | undefined;
  readonly signedData: SignedData;
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function decodePkiMessage(bytes: Uint8Array): PkiMessage {
  const signedData = readSignedData(bytes);
  const [signer, ...others] = signedData.signers;
  if (!signer || others.length > 0) {
    throw new ScepClientError('ERR_CLIENT_MALFORMED', `${signedData.signers.length} signers`);
  }
  const value = (oid: string): Block | undefined =>
    signer.attributes.find((candidate) => candidate.oid === oid)?.values[0];
  const number = (oid: string): number | undefined => {
    const text = textOf(value(oid));
    return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  };
  const nonce = (oid: string): Uint8Array | undefined => {
    const block = value(oid);
    return block && octetsOf(block);
  };
  const messageType = number(OID.messageType);
  return {
    messageType,
    messageTypeName: nameOf(MESSAGE_TYPES, messageType),
    transactionId: textOf(value(OID.transactionId)),
    senderNonce: nonce(OID.senderNonce),
    recipientNonce: nonce(OID.recipientNonce),
    pkiStatus: nameOf(PKI_STATUSES, number(OID.pkiStatus)),
    failInfo: nameOf(FAIL_INFOS, number(OID.failInfo)),
    failInfoText: textOf(value(OID.failInfoText)),
    hresult: parseHresult(textOf(value(OID.msScepError))),
    signingTime: dateOf(value(OID.signingTime)),
    envelope: signedData.content?.length ? signedData.content : undefined,
    signer,
    signerCertificate: findSignerCertificate(signer, signedData.certificates),
    signedData,
  };
}

const parseHresult = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) >>> 0 : undefined;

/**
 * Checks digest and signature.
 * @param certificate whose key must have signed; default: the signer's own, which proves integrity and no identity.
 * @throws {ScepClientError} `ERR_CLIENT_SIGNATURE`, `ERR_CLIENT_ALGORITHM`
 */
export function verifyPkiMessage(message: PkiMessage, certificate = message.signerCertificate): void {
  if (!certificate) throw new ScepClientError('ERR_CLIENT_SIGNATURE', 'no certificate of the signer');
  assertSignedBy(message.signedData, message.signer, certificate);
}
