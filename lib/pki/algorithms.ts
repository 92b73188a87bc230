/** @module Algorithms as rows: below these tables nobody names an algorithm. */
import { constants } from 'node:crypto';
import type { SignatureAlgorithm } from '../keys/signer.js';
import { equalBytes } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { NULL, contextTag, encode, integer, oid, sequence, type Element } from './der.js';
import { OID } from './oids.js';

export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

interface HashRow {
  readonly oid: string;
  readonly length: number;
  /** Only where an endpoint's legacy switch is on. */
  readonly legacy: boolean;
}

export const HASHES = {
  md5: { oid: '1.2.840.113549.2.5', length: 16, legacy: true },
  sha1: { oid: '1.3.14.3.2.26', length: 20, legacy: false },
  sha256: { oid: '2.16.840.1.101.3.4.2.1', length: 32, legacy: false },
  sha384: { oid: '2.16.840.1.101.3.4.2.2', length: 48, legacy: false },
  sha512: { oid: '2.16.840.1.101.3.4.2.3', length: 64, legacy: false },
} as const satisfies Record<HashName, HashRow>;

const HASH_BY_OID: ReadonlyMap<string, HashName> = new Map(
  Object.entries(HASHES).map(([name, row]) => [row.oid, name as HashName]),
);

export const hashByOid = (dotted: string): HashName | undefined => HASH_BY_OID.get(dotted);

/**
 * What may follow the identifier of a hash, or of a signature that has no parameters: NULL, or nothing at all
 * (RFC 4055 sections 2.1 and 5, RFC 5758 section 3.2).
 * @throws {SkepError} `ERR_DER`
 */
export function assertNoParameters([parameters, ...more]: readonly Element[]): void {
  if (more.length > 0 || (parameters && !equalBytes(parameters.bytes, NULL)))
    throw new SkepError('ERR_DER', { detail: 'parameters of an algorithm' });
}

interface SignatureRow {
  readonly hash: HashName;
  readonly keyType: 'rsa' | 'ec';
  /** AlgorithmIdentifier, DER, as it stands in certificates, CRLs and OCSP responses. */
  readonly identifier: Uint8Array;
  /** Options of node:crypto for making or checking it. */
  readonly padding?: number;
  readonly saltLength?: number;
  /** EC only: the curve that goes with it (RFC 5480 section 4), as node:crypto names it. */
  readonly curve?: string;
}

const pkcs1 = (hash: HashName, dotted: string): SignatureRow => ({
  hash,
  keyType: 'rsa',
  identifier: sequence(oid(dotted), NULL),
  padding: constants.RSA_PKCS1_PADDING,
});

const ecdsa = (hash: HashName, dotted: string, curve: string): SignatureRow => ({
  hash,
  keyType: 'ec',
  identifier: sequence(oid(dotted)),
  curve,
});

/** RSASSA-PSS-params (RFC 4055 section 3.1): the hash for message and mask, salt as long as the hash. */
function pss(hash: HashName): SignatureRow {
  const hashIdentifier = sequence(oid(HASHES[hash].oid), NULL);
  const salt = HASHES[hash].length;
  return {
    hash,
    keyType: 'rsa',
    identifier: sequence(
      oid(OID.rsassaPss),
      sequence(
        encode(contextTag(0), hashIdentifier),
        encode(contextTag(1), sequence(oid(OID.mgf1), hashIdentifier)),
        encode(contextTag(2), integer(salt)),
      ),
    ),
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: salt,
  };
}

export const SIGNATURES = {
  RS1: pkcs1('sha1', '1.2.840.113549.1.1.5'),
  RS256: pkcs1('sha256', '1.2.840.113549.1.1.11'),
  RS384: pkcs1('sha384', '1.2.840.113549.1.1.12'),
  RS512: pkcs1('sha512', '1.2.840.113549.1.1.13'),
  PS256: pss('sha256'),
  ES256: ecdsa('sha256', '1.2.840.10045.4.3.2', 'prime256v1'),
  ES384: ecdsa('sha384', '1.2.840.10045.4.3.3', 'secp384r1'),
} as const satisfies Record<SignatureAlgorithm, SignatureRow>;

/** Signature algorithms that a stranger's message or request may name; a bare key OID takes its hash from elsewhere. */
const VERIFIABLE: ReadonlyMap<
  string,
  { readonly hash?: HashName; readonly padding: 'pkcs1' | 'pss' | 'ecdsa' }
> = new Map([
  [OID.rsaEncryption, { padding: 'pkcs1' }],
  ['1.2.840.113549.1.1.4', { hash: 'md5', padding: 'pkcs1' }],
  ['1.2.840.113549.1.1.5', { hash: 'sha1', padding: 'pkcs1' }],
  ['1.3.14.3.2.29', { hash: 'sha1', padding: 'pkcs1' }],
  ['1.2.840.113549.1.1.11', { hash: 'sha256', padding: 'pkcs1' }],
  ['1.2.840.113549.1.1.12', { hash: 'sha384', padding: 'pkcs1' }],
  ['1.2.840.113549.1.1.13', { hash: 'sha512', padding: 'pkcs1' }],
  [OID.rsassaPss, { padding: 'pss' }],
  ['1.2.840.10045.4.1', { hash: 'sha1', padding: 'ecdsa' }],
  ['1.2.840.10045.4.3.2', { hash: 'sha256', padding: 'ecdsa' }],
  ['1.2.840.10045.4.3.3', { hash: 'sha384', padding: 'ecdsa' }],
  ['1.2.840.10045.4.3.4', { hash: 'sha512', padding: 'ecdsa' }],
]);

export const verifiableByOid = (
  dotted: string,
): { readonly hash?: HashName; readonly padding: 'pkcs1' | 'pss' | 'ecdsa' } | undefined =>
  VERIFIABLE.get(dotted);
