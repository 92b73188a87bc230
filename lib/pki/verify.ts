/** @module Checking a stranger's signature: requests, pkiMessages, renewal certificates. */
import { constants, verify, type KeyObject } from 'node:crypto';
import { equalBytes } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { assertNoParameters, hashByOid, verifiableByOid, type HashName } from './algorithms.js';
import type { Certificate } from './certificate.js';
import { contextTag, readOid, readSmallInteger, readWhole, TAG, walk, type Element } from './der.js';
import { OID } from './oids.js';
import { importPublicKey } from './public-key.js';

export interface SignatureScheme {
  readonly hash: HashName;
  readonly padding: 'pkcs1' | 'pss' | 'ecdsa';
  readonly saltLength?: number;
}

/**
 * Reads an AlgorithmIdentifier of a signature.
 * @param digest the hash to use where the identifier names only a key algorithm, as in CMS (RFC 3370 section 3.2).
 * @throws {SkepError} `ERR_SCEP_ALGORITHM` when it is unknown, lacks its hash or contradicts `digest`; `ERR_DER`.
 */
export function readSignatureScheme(identifier: Element, digest?: HashName): SignatureScheme {
  const parts = walk(identifier);
  const dotted = readOid(parts.next(TAG.oid));
  const row = verifiableByOid(dotted);
  if (!row) throw unsupported(`signature algorithm ${dotted}`);
  const scheme = row.padding === 'pss' ? readPssScheme(parts.next(TAG.sequence)) : undefined;
  assertNoParameters(parts.rest());
  const hash = scheme?.hash ?? row.hash ?? digest;
  if (!hash) throw unsupported(`signature algorithm ${dotted} without a hash`);
  if (digest && hash !== digest) throw unsupported(`signature over ${hash}, digest ${digest}`);
  return scheme ?? { hash, padding: row.padding };
}

/**
 * RSASSA-PSS-params with MGF1 over the same hash (RFC 4055 section 3.1). Absent members mean SHA-1, 20 octets and
 * trailer 1, which is the only one there is.
 */
function readPssScheme(parameters: Element): SignatureScheme {
  const members = walk(parameters);
  const hashMember = members.optional(contextTag(0));
  const maskMember = members.optional(contextTag(1));
  const saltMember = members.optional(contextTag(2));
  const trailerMember = members.optional(contextTag(3));
  members.end();
  const hash = hashMember ? readHash(readWhole(hashMember.content, TAG.sequence)) : 'sha1';
  if ((maskMember ? readMaskHash(maskMember) : 'sha1') !== hash) throw unsupported('PSS mask generation');
  if (trailerMember && readSmallInteger(readWhole(trailerMember.content)) !== 1)
    throw unsupported('PSS trailer');
  const saltLength = saltMember ? readSmallInteger(readWhole(saltMember.content)) : 20;
  return { hash, padding: 'pss', saltLength };
}

function readMaskHash(member: Element): HashName {
  const generation = walk(readWhole(member.content, TAG.sequence));
  if (readOid(generation.next(TAG.oid)) !== OID.mgf1) throw unsupported('PSS mask generation');
  const hash = readHash(generation.next(TAG.sequence));
  generation.end();
  return hash;
}

function readHash(identifier: Element): HashName {
  const parts = walk(identifier);
  const hash = hashByOid(readOid(parts.next(TAG.oid)));
  if (!hash) throw unsupported('PSS hash');
  assertNoParameters(parts.rest());
  return hash;
}

const unsupported = (detail: string): SkepError => new SkepError('ERR_SCEP_ALGORITHM', { detail });

/** Whether `signature` over `data` verifies. Never throws: a key that cannot verify does not. */
export function verifySignature(
  key: KeyObject,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const isRsa = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss';
  if (isRsa !== (scheme.padding !== 'ecdsa')) return false;
  try {
    if (!isRsa) return verify(scheme.hash, data, key, signature);
    const padding = scheme.padding === 'pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    return verify(scheme.hash, data, { key, padding, saltLength: scheme.saltLength }, signature);
  } catch {
    return false;
  }
}

/** Whether `certificate` names `issuer` as its issuer and its key signed it. Never throws: a stranger's may be anything. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!equalBytes(certificate.issuer.der, issuer.subject.der)) return false;
  try {
    const scheme = readSignatureScheme(certificate.signatureAlgorithm);
    return verifySignature(importPublicKey(issuer.publicKey), scheme, certificate.tbs, certificate.signature);
  } catch {
    return false;
  }
}
