/** @module Writing CMS SignedData: one content, signed by one or by several (RFC 5652 section 5). */
import { hash as digestOf } from 'node:crypto';
import type { SignatureAlgorithm, Signer } from '../keys/signer.js';
import { HASHES, SIGNATURES, type HashName } from '../pki/algorithms.js';
import type { Certificate } from '../pki/certificate.js';
import {
  context,
  contextTag,
  encode,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  setOf,
  TAG,
  time,
} from '../pki/der.js';
import { OID } from '../pki/oids.js';

export interface DataSigner {
  readonly certificate: Certificate;
  readonly signer: Signer;
  /** One that the signer has. */
  readonly algorithm: SignatureAlgorithm;
}

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

/**
 * @param attributes signed beside content type, digest and time; `Attribute`, DER.
 * @param signers in the order in which their signatures stand: some clients look at the first alone.
 * @returns ContentInfo with SignedData, definite-length DER; the certificates in it are the signers'.
 * @throws {SkepError} what a signer throws.
 */
export async function encodeSignedData(
  content: Uint8Array,
  attributes: readonly Uint8Array[],
  signers: readonly [DataSigner, ...DataSigner[]],
  now: Date,
): Promise<Uint8Array> {
  const hashes = new Set(signers.map(({ algorithm }) => SIGNATURES[algorithm].hash));
  const infos = await Promise.all(signers.map((by) => encodeSignerInfo(content, attributes, by, now)));
  const signedData = sequence(
    VERSION_1,
    setOf(Array.from(hashes, (hash) => DIGEST_IDENTIFIERS[hash])),
    sequence(oid(OID.data), context(0, octetString(content))),
    context(0, ...signers.map(({ certificate }) => certificate.der)),
    // Not sorted, as DER would have it: CMS may be BER, and their order is the caller's.
    encode(TAG.set, ...infos),
  );
  return sequence(oid(OID.signedData), context(0, signedData));
}

async function encodeSignerInfo(
  content: Uint8Array,
  attributes: readonly Uint8Array[],
  { certificate, signer, algorithm }: DataSigner,
  now: Date,
): Promise<Uint8Array> {
  const { hash } = SIGNATURES[algorithm];
  const signedAttributes = setOf([
    ...attributes,
    encodeAttribute(OID.contentType, oid(OID.data)),
    encodeAttribute(OID.messageDigest, octetString(digestOf(hash, content, 'buffer'))),
    encodeAttribute(OID.signingTime, time(now)),
  ]);
  const signature = await signer.sign(signedAttributes, algorithm);
  return sequence(
    VERSION_1,
    sequence(certificate.issuer.der, certificate.serialNumberDer),
    DIGEST_IDENTIFIERS[hash],
    retag(signedAttributes, contextTag(0)),
    signatureIdentifier(algorithm),
    octetString(signature),
  );
}

/** rsaEncryption, not shaXWithRSAEncryption: strongSwan takes nothing else (RFC 3370 section 3.2 allows both). */
function signatureIdentifier(algorithm: SignatureAlgorithm): Uint8Array {
  return algorithm.startsWith('RS') ? RSA_ENCRYPTION : SIGNATURES[algorithm].identifier;
}

export function encodeAttribute(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), encode(TAG.set, value));
}

/** The same contents under another identifier octet: IMPLICIT tagging. */
function retag(element: Uint8Array, tag: number): Uint8Array {
  const copy = Buffer.from(element);
  copy[0] = tag;
  return copy;
}
