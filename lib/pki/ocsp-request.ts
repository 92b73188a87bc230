/** @module Reading OCSP requests (RFC 6960 section 4.1). Strict DER: what does not read exactly is malformed. */
import { toHex } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { assertNoParameters, hashByOid, type HashName } from './algorithms.js';
import { readExtensions } from './certificate.js';
import {
  children,
  contextTag,
  readInteger,
  readOctets,
  readOid,
  readSmallInteger,
  readWhole,
  TAG,
  walk,
  type Element,
} from './der.js';
import { OID } from './oids.js';

/** One certificate that is asked about. */
export interface CertId {
  /** CertID exactly as it was sent: the answer repeats it. */
  readonly der: Uint8Array;
  /** Undefined for a hash that we do not compute; the issuer is then nobody we know. */
  readonly hash: HashName | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Upper-case hex of the INTEGER's contents octets. */
  readonly serialNumber: string;
}

export interface OcspRequest {
  /** At least one, at most `MAX_SINGLE_REQUESTS`. */
  readonly requests: readonly CertId[];
  /** Value of the nonce extension, to be repeated as it is. */
  readonly nonce: Uint8Array | undefined;
}

/** What one signature may be asked for; clients ask for one, or for the certificates of one chain. */
export const MAX_SINGLE_REQUESTS = 32;

/** RFC 9654 section 2.1: a nonce of 1 to 128 octets; RFC 8954 before it allowed 32. */
const MAX_NONCE_OCTETS = 128;
const MAX_EXTENSIONS = 16;

/**
 * Reads an OCSPRequest. A signature over it is not looked at: every answer is public.
 * @throws {SkepError} `ERR_DER`
 */
export function parseOcspRequest(der: Uint8Array): OcspRequest {
  const whole = walk(readWhole(der, TAG.sequence));
  const tbs = walk(whole.next(TAG.sequence));
  whole.optional(contextTag(0));
  whole.end();

  const version = tbs.optional(contextTag(0));
  if (version && readSmallInteger(readWhole(version.content)) !== 0) throw fault('version');
  tbs.optional(contextTag(1));
  const list = children(tbs.next(TAG.sequence), 'DER', MAX_SINGLE_REQUESTS);
  const extensions = tbs.optional(contextTag(2));
  tbs.end();

  if (list.length === 0) throw fault('no certificate is asked about');
  return { requests: list.map(readRequest), nonce: extensions && readNonce(extensions) };
}

function readRequest(element: Element): CertId {
  const parts = walk(expectSequence(element));
  const certId = parts.next(TAG.sequence);
  const extensions = parts.optional(contextTag(0));
  parts.end();
  if (extensions) assertNoneCritical(extensions);
  return readCertId(certId);
}

function readCertId(element: Element): CertId {
  const fields = walk(element);
  const algorithm = walk(fields.next(TAG.sequence));
  const hash = hashByOid(readOid(algorithm.next(TAG.oid)));
  // The answer repeats all of it, so nothing may stand there that another reader refuses.
  assertNoParameters(algorithm.rest());
  const issuerNameHash = readOctets(fields.next(TAG.octetString));
  const issuerKeyHash = readOctets(fields.next(TAG.octetString));
  const serialNumber = toHex(readInteger(fields.next(TAG.integer)));
  fields.end();
  return { der: element.bytes, hash, issuerNameHash, issuerKeyHash, serialNumber };
}

/** RFC 6960 section 4.4: what is unknown is ignored, unless it is critical. */
function assertNoneCritical(wrapped: Element, except?: string): ReturnType<typeof readExtensions> {
  const extensions = readExtensions(readWhole(wrapped.content, TAG.sequence));
  if (extensions.length > MAX_EXTENSIONS) throw fault('too many extensions');
  const unknown = extensions.find(({ type, critical }) => critical && type !== except);
  if (unknown) throw fault(`critical extension ${unknown.type}`);
  return extensions;
}

/**
 * The nonce's value is an OCTET STRING since RFC 8954; RFC 2560 left its form open, and old clients send bare octets.
 * Either is repeated as it came, so the form does not matter to us; the length does.
 */
function readNonce(wrapped: Element): Uint8Array | undefined {
  const nonces = assertNoneCritical(wrapped, OID.ocspNonce).filter(({ type }) => type === OID.ocspNonce);
  const [nonce] = nonces;
  if (!nonce) return undefined;
  if (nonces.length > 1) throw fault('two nonces');
  const length = nonceLength(nonce.value);
  if (length === 0 || length > MAX_NONCE_OCTETS) throw fault('nonce length');
  return nonce.value;
}

/** A wrapped nonce is counted without its identifier and length octets. */
function nonceLength(value: Uint8Array): number {
  const header = (value[1] ?? 0) < 0x80 ? 2 : 3;
  const inner = header === 2 ? value[1] : value[2];
  const wrapped = value[0] === TAG.octetString && inner === value.length - header;
  return wrapped ? value.length - header : value.length;
}

function expectSequence(element: Element): Element {
  if (element.tag !== TAG.sequence) throw fault('request is no SEQUENCE');
  return element;
}

function fault(detail: string): SkepError {
  return new SkepError('ERR_DER', { detail: `OCSP request: ${detail}` });
}
