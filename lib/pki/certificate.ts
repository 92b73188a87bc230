/** @module Reading certificates: ours, and the odd ones that SCEP clients sign with. */
import { toHex } from '../base/bytes.js';
import {
  children,
  contextTag,
  expectTag,
  readBitString,
  readInteger,
  readOid,
  readTime,
  readWhole,
  TAG,
  walk,
  type Element,
} from './der.js';
import { readName, type DistinguishedName } from './name.js';
import { readPublicKeyInfo, type PublicKeyInfo } from './public-key.js';

export interface Extension {
  readonly type: string;
  readonly critical: boolean;
  /** Contents of extnValue: the DER of the extension's own type. */
  readonly value: Uint8Array;
}

export interface Certificate {
  readonly der: Uint8Array;
  /** TBSCertificate, as signed. */
  readonly tbs: Uint8Array;
  /** Upper-case hex of the INTEGER's contents octets. */
  readonly serialNumber: string;
  /** INTEGER, DER: as IssuerAndSerialNumber repeats it. */
  readonly serialNumberDer: Uint8Array;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKeyInfo;
  readonly extensions: readonly Extension[];
  /** AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Element;
  readonly signature: Uint8Array;
}

/**
 * Reads a certificate of version 1 or 3. Its meaning is not judged: client certificates with a critical authority key
 * identifier, without extensions or with a hundred years of life are all read.
 * @throws {SkepError} `ERR_DER`
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const whole = walk(readWhole(der, TAG.sequence));
  const tbs = whole.next(TAG.sequence);
  const signatureAlgorithm = whole.next(TAG.sequence);
  const signature = readBitString(whole.next(TAG.bitString));
  whole.end();

  const fields = walk(tbs);
  fields.optional(contextTag(0));
  const serial = fields.next(TAG.integer);
  fields.next(TAG.sequence);
  const issuer = readName(fields.next(TAG.sequence));
  const [notBefore, notAfter] = children(fields.next(TAG.sequence)).map(readTime);
  const subject = readName(fields.next(TAG.sequence));
  const publicKey = readPublicKeyInfo(fields.next(TAG.sequence));
  fields.optional(contextTag(1, false));
  fields.optional(contextTag(2, false));
  const extensions = fields.optional(contextTag(3));
  fields.end();

  return {
    der,
    tbs: tbs.bytes,
    serialNumber: toHex(readInteger(serial)),
    serialNumberDer: serial.bytes,
    issuer,
    subject,
    notBefore: notBefore ?? new Date(Number.NaN),
    notAfter: notAfter ?? new Date(Number.NaN),
    publicKey,
    extensions: extensions ? readExtensions(readWhole(extensions.content, TAG.sequence)) : [],
    signatureAlgorithm,
    signature,
  };
}

/** Extensions in order; repeated ones are not judged here. @throws {SkepError} `ERR_DER` */
export function readExtensions(list: Element): Extension[] {
  return children(list, 'DER', 64).map((element) => {
    const parts = walk(expectTag(element, TAG.sequence));
    const type = readOid(parts.next(TAG.oid));
    const critical = parts.optional(TAG.boolean)?.content[0] === 0xff;
    const value = parts.next(TAG.octetString).content;
    parts.end();
    return { type, critical, value };
  });
}

/** The extension of this type, if the certificate carries it. */
export function findExtension(certificate: Certificate, type: string): Extension | undefined {
  return certificate.extensions.find((extension) => extension.type === type);
}
