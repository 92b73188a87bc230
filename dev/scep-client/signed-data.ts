/** @module CMS SignedData with one signer (RFC 5652 section 5): written by hand, read with asn1js. */
import type { KeyObject } from 'node:crypto';
import { equalBytes } from '../../lib/base/bytes.js';
import { digestByOid, DIGESTS, hash, type DigestName } from './algorithms.js';
import {
  childrenOf,
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
  attribute,
  context,
  element,
  indefinite,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  set,
  sorted,
} from './ber-writer.js';
import { readCertificate, type Certificate } from './certificate.js';
import { issuerAndSerial, segments } from './envelope.js';
import { ScepClientError } from './errors.js';
import { OID } from './oids.js';
import {
  encodeSignatureAlgorithm,
  readAlgorithmIdentifier,
  readSignatureAlgorithm,
  signBytes,
  verifyBytes,
  type AlgorithmIdentifier,
} from './signatures.js';

export interface SignedDataOptions {
  /** eContent; `undefined` leaves the field out. */
  readonly content: Uint8Array | undefined;
  readonly signerKey: KeyObject;
  readonly signerCertificate: Certificate;
  /** Certificates to enclose, DER. Default: the signer's. */
  readonly certificates?: readonly Uint8Array[];
  /** Whole Attribute encodings beside contentType and messageDigest. */
  readonly attributes: readonly Uint8Array[];
  readonly digest: DigestName;
  readonly padding: 'pkcs1' | 'pss';
  /** For PKCS#1 v1.5, which OID the SignerInfo names: `rsaEncryption` (default) or the digest-and-RSA one. */
  readonly signatureOid?: 'rsaEncryption' | 'full';
  /** Writes BER: indefinite lengths and a segmented eContent. */
  readonly indefinite?: boolean;
  /** Default true. Some old clients sign and send the attributes unsorted. */
  readonly sortAttributes?: boolean;
  /** Breaks the message after signing: one bit of the signature or of the content. */
  readonly corrupt?: 'signature' | 'content';
}

/** ContentInfo with the SignedData. */
export function encodeSignedData(options: SignedDataOptions): Uint8Array {
  const { content, signerCertificate, digest } = options;
  const digestId = algorithm(DIGESTS[digest].oid, NULL);
  const certificates = options.certificates ?? [signerCertificate.der];
  const signerInfo = encodeSignerInfo(options, digestId);
  const sent = content && options.corrupt === 'content' ? flipLastBit(content) : content;
  const certificateField = certificates.length > 0 ? [context(0, ...certificates)] : [];
  if (!options.indefinite) {
    const eContent = sent ? [context(0, octetString(sent))] : [];
    const encapsulated = sequence(oid(OID.data), ...eContent);
    const body = sequence(integer(1), set(digestId), encapsulated, ...certificateField, set(signerInfo));
    return sequence(oid(OID.signedData), context(0, body));
  }
  const eContent = sent ? [indefinite(0xa0, indefinite(0x24, ...segments(sent)))] : [];
  const encapsulated = indefinite(0x30, oid(OID.data), ...eContent);
  const body = indefinite(
    0x30,
    integer(1),
    set(digestId),
    encapsulated,
    ...certificateField,
    set(signerInfo),
  );
  return indefinite(0x30, oid(OID.signedData), indefinite(0xa0, body));
}

function encodeSignerInfo(options: SignedDataOptions, digestId: Uint8Array): Uint8Array {
  const { digest, padding } = options;
  const attributes = [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octetString(hash(digest, options.content ?? new Uint8Array()))),
    ...options.attributes,
  ];
  const ordered = options.sortAttributes === false ? attributes : sorted(attributes);
  const signature = signBytes(options.signerKey, { digest, padding }, set(...ordered));
  const usesKeyOid = padding === 'pkcs1' && options.signatureOid !== 'full';
  return sequence(
    integer(1),
    issuerAndSerial(options.signerCertificate),
    digestId,
    context(0, ...ordered),
    usesKeyOid ? algorithm(OID.rsaEncryption, NULL) : encodeSignatureAlgorithm({ digest, padding }),
    octetString(options.corrupt === 'signature' ? flipLastBit(signature) : signature),
  );
}

function flipLastBit(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

/** A SignedData that only carries certificates and lists (RFC 5652 section 5.1, the degenerate case). */
export function encodeDegenerate(
  certificates: readonly Uint8Array[],
  crls: readonly Uint8Array[] = [],
): Uint8Array {
  const body = sequence(
    integer(1),
    set(),
    sequence(oid(OID.data)),
    ...(certificates.length > 0 ? [context(0, ...certificates)] : []),
    ...(crls.length > 0 ? [element(0xa1, ...crls)] : []),
    set(),
  );
  return sequence(oid(OID.signedData), context(0, body));
}

export interface SignedAttribute {
  readonly oid: string;
  readonly values: readonly Block[];
}

export interface SignedData {
  readonly contentType: string;
  /** eContent; `undefined` when the field is absent. */
  readonly content: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
  /** CertificateLists, DER. */
  readonly crls: readonly Uint8Array[];
  readonly signers: readonly Signer[];
}

export interface Signer {
  /** IssuerAndSerialNumber, or the key identifier with its context tag. */
  readonly sid: Uint8Array;
  readonly digestOid: string;
  readonly digest: DigestName | undefined;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly attributes: readonly SignedAttribute[];
  /** What the signature covers: the attributes under the tag of a SET. Absent without signed attributes. */
  readonly signedBytes: Uint8Array | undefined;
  readonly signature: Uint8Array;
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readSignedData(der: Uint8Array): SignedData {
  return reading('SignedData', () => {
    const [contentType, explicit] = sequenceOf(readBlock(der, 'SignedData'));
    if (oidOf(contentType) !== OID.signedData) {
      throw new ScepClientError('ERR_CLIENT_MALFORMED', 'content is not SignedData');
    }
    const [, digestAlgorithms, encapsulated, ...rest] = sequenceOf(childrenOf(explicit)[0]);
    setOf(digestAlgorithms);
    const [eContentType, eContent] = sequenceOf(encapsulated);
    const [octets] = childrenOf(eContent);
    const enclosed = (tag: number) =>
      rest.filter((block) => isContext(block, tag)).flatMap((block) => childrenOf(block).map(rawBytes));
    return {
      contentType: oidOf(eContentType),
      content: octets && octetsOf(octets),
      certificates: enclosed(0).map(readCertificate),
      crls: enclosed(1),
      signers: setOf(rest.at(-1)).map(readSigner),
    };
  });
}

function readSigner(info: Block): Signer {
  const [, sid, digestAlgorithm, ...rest] = sequenceOf(info);
  const signedAttributes = rest[0] && isContext(rest[0], 0) ? rest.shift() : undefined;
  const [signatureAlgorithm, signature] = rest;
  if (!sid || !signature) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'SignerInfo');
  const { algorithmId: digestOid } = readAlgorithmIdentifier(digestAlgorithm);
  return {
    sid: rawBytes(sid),
    digestOid,
    digest: digestByOid(digestOid),
    signatureAlgorithm: readAlgorithmIdentifier(signatureAlgorithm),
    attributes: childrenOf(signedAttributes).map(readAttribute),
    signedBytes: signedAttributes && asSet(rawBytes(signedAttributes)),
    signature: octetsOf(signature),
  };
}

function readAttribute(block: Block): SignedAttribute {
  const [type, values] = sequenceOf(block);
  return { oid: oidOf(type), values: setOf(values) };
}

/** The signature covers the attributes under the tag of a SET, in place of the implicit one (RFC 5652 section 5.4). */
function asSet(attributes: Uint8Array): Uint8Array {
  attributes[0] = 0x31;
  return attributes;
}

/** The certificate among `candidates` that a signer names by issuer and serial number. */
export const findSignerCertificate = (
  signer: Signer,
  candidates: readonly Certificate[],
): Certificate | undefined =>
  candidates.find((certificate) => equalBytes(issuerAndSerial(certificate), signer.sid));

/**
 * Checks digest and signature of one signer.
 * @throws {ScepClientError} `ERR_CLIENT_SIGNATURE`, `ERR_CLIENT_ALGORITHM`
 */
export function assertSignedBy(signed: SignedData, signer: Signer, certificate: Certificate): void {
  const { digest, signedBytes } = signer;
  if (!digest) throw new ScepClientError('ERR_CLIENT_ALGORITHM', `digest ${signer.digestOid}`);
  const [expected] = signer.attributes.find(({ oid }) => oid === OID.messageDigest)?.values ?? [];
  if (!signedBytes || !expected) throw new ScepClientError('ERR_CLIENT_SIGNATURE', 'no signed attributes');
  if (!equalBytes(octetsOf(expected), hash(digest, signed.content ?? new Uint8Array()))) {
    throw new ScepClientError('ERR_CLIENT_SIGNATURE', 'message digest');
  }
  const scheme = readSignatureAlgorithm(signer.signatureAlgorithm, digest);
  if (!verifyBytes(certificate.publicKey, scheme, signedBytes, signer.signature)) {
    throw new ScepClientError('ERR_CLIENT_SIGNATURE', 'signature');
  }
}
