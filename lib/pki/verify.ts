/** @module Checking a stranger's signature: requests, pkiMessages, renewal certificates. */
import { constants, verify, type KeyObject } from 'node:crypto';
import { equalBytes } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { assertNoParameters, hashByOid, HASHES, verifiableByOid, type HashName } from './algorithms.js';
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
  if (!row) throw new SkepError('ERR_SCEP_ALGORITHM', { detail: `signature algorithm ${dotted}` });
  if (row.padding === 'pss') return readPssScheme(parts.next(TAG.sequence));
  assertNoParameters(parts.rest());
  const hash = row.hash ?? digest;
  if (!hash)
    throw new SkepError('ERR_SCEP_ALGORITHM', { detail: `signature algorithm ${dotted} without a hash` });
  if (digest && hash !== digest) {
    throw new SkepError('ERR_SCEP_ALGORITHM', { detail: `signature over ${hash}, digest ${digest}` });
  }
  return { hash, padding: row.padding };
}

/** RSASSA-PSS-params with MGF1 over the same hash (RFC 4055 section 3.1). Absent members mean SHA-1 and 20 octets. */
function readPssScheme(parameters: Element): SignatureScheme {
  const members = walk(parameters);
  const hash = readHash(members.optional(contextTag(0)));
  const mask = members.optional(contextTag(1));
  if (mask) {
    const inner = walk(readWhole(mask.content, TAG.sequence));
    const generator = readOid(inner.next(TAG.oid));
    if (
      generator !== OID.mgf1 ||
      readOid(walk(inner.next(TAG.sequence)).next(TAG.oid)) !== HASHES[hash].oid
    ) {
      throw new SkepError('ERR_SCEP_ALGORITHM', { detail: 'PSS mask generation' });
    }
  } else if (hash !== 'sha1') {
    throw new SkepError('ERR_SCEP_ALGORITHM', { detail: 'PSS mask generation' });
  }
  const salt = members.optional(contextTag(2));
  return { hash, padding: 'pss', saltLength: salt ? readSmallInteger(readWhole(salt.content)) : 20 };
}

function readHash(wrapped: Element | undefined): HashName {
  if (!wrapped) return 'sha1';
  const hash = hashByOid(readOid(walk(readWhole(wrapped.content, TAG.sequence)).next(TAG.oid)));
  if (!hash) throw new SkepError('ERR_SCEP_ALGORITHM', { detail: 'PSS hash' });
  return hash;
}

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
    const { saltLength } = scheme;
    return verify(
      scheme.hash,
      data,
      { key, padding, ...(saltLength === undefined ? {} : { saltLength }) },
      signature,
    );
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
