/** @module Reading certification requests (PKCS#10, RFC 2986): once, strictly, and never two ways. */
import { SkepError } from '../base/errors.js';
import { readExtensions, type Extension } from './certificate.js';
import {
  children,
  contextTag,
  expectTag,
  readBitString,
  readOid,
  readSmallInteger,
  readText,
  readWhole,
  TAG,
  walk,
  type Element,
} from './der.js';
import { readName, type DistinguishedName } from './name.js';
import { OID } from './oids.js';
import { importPublicKey, readPublicKeyInfo, type PublicKeyInfo } from './public-key.js';
import { readSignatureScheme, verifySignature } from './verify.js';
import { HASHES } from './algorithms.js';

export interface CertificationRequest {
  readonly der: Uint8Array;
  /** CertificationRequestInfo exactly as it was signed. */
  readonly info: Uint8Array;
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKeyInfo;
  /** The challengePassword; an empty one counts as none. A secret: never log it. */
  readonly challenge: string | undefined;
  /** What the one extensionRequest attribute asks for, in order, each type once. */
  readonly extensions: readonly Extension[];
  /** Attributes of the request, those that nobody reads among them. */
  readonly attributeCount: number;
  /** Enrolment name/value pairs, as Windows and Android send `ValidityPeriod` and `ValidityPeriodUnits`. */
  readonly nameValuePairs: ReadonlyMap<string, string>;
  /** AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Element;
  readonly signature: Uint8Array;
}

/** Limits on what a stranger may make us read. An Intune challenge makes a request about 6 kB. */
const MAX_REQUEST_OCTETS = 64 * 1024;
const MAX_CHALLENGE_OCTETS = 32 * 1024;
const MAX_ATTRIBUTES = 64;

/**
 * Reads a request. Its signature is not verified here (`verifyCertificationRequest`).
 *
 * Attributes need not be in the order that DER asks of a SET, since strongSwan's are not; unknown ones are ignored.
 * @param der at most 64 kB, with nothing after it; the challenge may take up to 32 kB of it.
 * @throws {SkepError} `ERR_CSR_MALFORMED`; `ERR_CSR_AMBIGUOUS` when it says something twice.
 */
export function parseCertificationRequest(der: Uint8Array): CertificationRequest {
  try {
    return readCertificationRequest(der);
  } catch (cause) {
    if (cause instanceof SkepError && cause.code === 'ERR_DER') throw malformed(cause.detail, cause);
    throw cause;
  }
}

/** The same, for who has a code of their own for what cannot be read. @throws {SkepError} `ERR_DER` besides. */
export function readCertificationRequest(der: Uint8Array): CertificationRequest {
  if (der.length > MAX_REQUEST_OCTETS) throw malformed('too long');
  const whole = walk(readWhole(der, TAG.sequence));
  const info = whole.next(TAG.sequence);
  const signatureAlgorithm = whole.next(TAG.sequence);
  const signature = readBitString(whole.next(TAG.bitString));
  whole.end();

  const fields = walk(info);
  if (readSmallInteger(fields.next()) !== 0) throw malformed('version');
  const subject = readName(fields.next(TAG.sequence));
  const publicKey = readPublicKeyInfo(fields.next(TAG.sequence));
  // RFC 2986 demands the attributes, even if there are none; some writers leave them out and nothing is lost.
  const attributes = readAttributes(fields.optional(contextTag(0)));
  fields.end();

  return {
    der,
    info: info.bytes,
    subject,
    publicKey,
    challenge: readChallenge(attributes),
    extensions: readRequestedExtensions(attributes),
    attributeCount: attributes.length,
    nameValuePairs: readNameValuePairs(attributes),
    signatureAlgorithm,
    signature,
  };
}

interface Attribute {
  readonly type: string;
  readonly values: readonly Element[];
}

function readAttributes(set: Element | undefined): Attribute[] {
  if (!set) return [];
  return children(set, 'DER', MAX_ATTRIBUTES).map((element) => {
    const parts = walk(expectTag(element, TAG.sequence));
    const type = readOid(parts.next());
    const values = children(parts.next(TAG.set), 'DER', MAX_ATTRIBUTES);
    parts.end();
    if (values.length === 0) throw malformed(`attribute ${type} without a value`);
    return { type, values };
  });
}

/** The only value of the only attribute of these types, or undefined when there is none. */
function onlyValue(attributes: readonly Attribute[], types: readonly string[]): Element | undefined {
  let only: Element | undefined;
  for (const { type, values } of attributes) {
    if (!types.includes(type)) continue;
    if (only || values.length > 1) throw ambiguous(`several values of ${types.join(' and ')}`);
    only = values[0];
  }
  return only;
}

function readChallenge(attributes: readonly Attribute[]): string | undefined {
  const value = onlyValue(attributes, [OID.challengePassword]);
  if (!value) return undefined;
  if (value.content.length > MAX_CHALLENGE_OCTETS) throw malformed('challenge too long');
  return readText(value) || undefined;
}

/** One attribute under either of its two identifiers: a validator and we must see the same extensions. */
function readRequestedExtensions(attributes: readonly Attribute[]): readonly Extension[] {
  const value = onlyValue(attributes, [OID.extensionRequest, OID.msExtensionRequest]);
  if (!value) return [];
  const extensions = readExtensions(readWhole(value.bytes, TAG.sequence));
  const seen = new Set<string>();
  for (const { type } of extensions) {
    if (seen.has(type)) throw ambiguous(`extension ${type} twice`);
    seen.add(type);
  }
  return extensions;
}

/** Pairs of strings (1.3.6.1.4.1.311.13.2.1): BMPString by its specification, any text in practice. */
function readNameValuePairs(attributes: readonly Attribute[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const { type, values } of attributes) {
    if (type !== OID.msEnrollmentNameValuePair) continue;
    for (const element of values) {
      const parts = walk(readWhole(element.bytes, TAG.sequence));
      const name = readText(parts.next());
      const value = readText(parts.next());
      parts.end();
      if (pairs.has(name)) throw ambiguous('an enrolment name twice');
      pairs.set(name, value);
    }
  }
  return pairs;
}

/**
 * Proof of possession: the request is signed by the key that it asks a certificate for (RFC 2986 section 4.2).
 * The signature is checked over the octets that arrived; nothing is encoded again.
 * @param options.legacy accept MD5, for an endpoint whose legacy switch is on. Default false.
 * @throws {SkepError} `ERR_CSR_SIGNATURE`, also for an algorithm that is not known; `ERR_SCEP_ALGORITHM` for a good
 *   signature over MD5.
 */
export function verifyCertificationRequest(
  csr: CertificationRequest,
  options: { readonly legacy?: boolean } = {},
): void {
  const scheme = readScheme(csr.signatureAlgorithm);
  if (!verifySignature(importKey(csr.publicKey), scheme, csr.info, csr.signature)) {
    throw new SkepError('ERR_CSR_SIGNATURE');
  }
  // Only now: an answer of its own, given before the signature is seen to be good, is an oracle (RFC 3218).
  if (HASHES[scheme.hash].legacy && !options.legacy) {
    throw new SkepError('ERR_SCEP_ALGORITHM', { detail: `request signed over ${scheme.hash}` });
  }
}

function readScheme(identifier: Element): ReturnType<typeof readSignatureScheme> {
  try {
    return readSignatureScheme(identifier);
  } catch (cause) {
    if (!(cause instanceof SkepError)) throw cause;
    if (cause.code === 'ERR_DER') throw malformed(cause.detail, cause);
    throw new SkepError('ERR_CSR_SIGNATURE', { ...(cause.detail ? { detail: cause.detail } : {}), cause });
  }
}

/** A key that cannot be imported cannot have signed. */
function importKey(key: PublicKeyInfo): ReturnType<typeof importPublicKey> {
  try {
    return importPublicKey(key);
  } catch (cause) {
    throw new SkepError('ERR_CSR_SIGNATURE', { detail: 'public key', cause });
  }
}

function malformed(detail: string | undefined, cause?: unknown): SkepError {
  return new SkepError('ERR_CSR_MALFORMED', { ...(detail === undefined ? {} : { detail }), cause });
}

function ambiguous(detail: string): SkepError {
  return new SkepError('ERR_CSR_AMBIGUOUS', { detail });
}
