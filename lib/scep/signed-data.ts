/** @module Reading the outer CMS SignedData of a pkiMessage: DER, or the BER that iOS and jscep send (RFC 5652). */
import { SkepError } from '../base/errors.js';
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

/** One signed attribute; its values as elements. */
export interface SignedAttribute {
  readonly type: string;
  readonly values: readonly Element[];
}

export interface SignerInfo {
  /** IssuerAndSerialNumber, or `[0]` SubjectKeyIdentifier. */
  readonly identifier: Element;
  readonly digestAlgorithm: Element;
  /** `[0] IMPLICIT SET OF Attribute` as it was sent; absent when nothing but the content is signed. */
  readonly signedAttributes: Element | undefined;
  readonly attributes: readonly SignedAttribute[];
  readonly signatureAlgorithm: Element;
  readonly signature: Uint8Array;
}

export interface SignedData {
  readonly contentType: string;
  /** The octets that messageDigest covers; absent when the content is detached or missing. */
  readonly content: Uint8Array | undefined;
  /** Certificate encodings, in order. */
  readonly certificates: readonly Uint8Array[];
  readonly signerInfos: readonly SignerInfo[];
}

/** @throws {SkepError} `ERR_DER` */
export function readSignedData(bytes: Uint8Array): SignedData {
  const contentInfo = walk(readWhole(bytes, TAG.sequence, 'BER'), 'BER');
  if (readOid(contentInfo.next(TAG.oid)) !== OID.signedData)
    throw new SkepError('ERR_DER', { detail: 'not SignedData' });
  const fields = walk(unwrap(contentInfo.next(contextTag(0))), 'BER');
  contentInfo.end();

  fields.next(TAG.integer);
  fields.next(TAG.set);
  const encapsulated = walk(fields.next(TAG.sequence), 'BER');
  const contentType = readOid(encapsulated.next(TAG.oid));
  const content = encapsulated.optional(contextTag(0));
  const certificates = fields.optional(contextTag(0));
  fields.optional(contextTag(1));
  const signerInfos = children(fields.next(TAG.set), 'BER', 8).map(readSignerInfo);
  fields.end();

  return {
    contentType,
    content: content && readOctets(octetString(unwrap(content)), 'BER'),
    certificates: certificates ? children(certificates, 'BER', 32).map((element) => element.bytes) : [],
    signerInfos,
  };
}

function readSignerInfo(element: Element): SignerInfo {
  const fields = walk(expectTag(element, TAG.sequence), 'BER');
  fields.next(TAG.integer);
  const identifier = fields.next();
  const digestAlgorithm = fields.next(TAG.sequence);
  const signedAttributes = fields.optional(contextTag(0));
  const signatureAlgorithm = fields.next(TAG.sequence);
  const signature = readOctets(octetString(fields.next()), 'BER');
  fields.optional(contextTag(1));
  fields.end();
  return {
    identifier,
    digestAlgorithm,
    signedAttributes,
    attributes: signedAttributes ? children(signedAttributes, 'BER', 64).map(readAttribute) : [],
    signatureAlgorithm,
    signature,
  };
}

function readAttribute(element: Element): SignedAttribute {
  const fields = walk(expectTag(element, TAG.sequence), 'BER');
  const type = readOid(fields.next(TAG.oid));
  const values = children(fields.next(TAG.set), 'BER', 16);
  fields.end();
  return { type, values };
}

/** The one element inside an explicit tag. */
export function unwrap(explicit: Element): Element {
  return readWhole(explicit.content, undefined, 'BER');
}

/** An OCTET STRING, primitive or cut into segments. */
export function octetString(element: Element): Element {
  if ((element.tag & ~0x20) !== TAG.octetString)
    throw new SkepError('ERR_DER', { detail: 'not an octet string' });
  return element;
}
