/** @module Digests and content ciphers, one row each. Weak ones are here because real clients still send them. */
import { createHash } from 'node:crypto';

export const DIGESTS = {
  md5: { oid: '1.2.840.113549.2.5', signatureOid: '1.2.840.113549.1.1.4', bytes: 16 },
  sha1: { oid: '1.3.14.3.2.26', signatureOid: '1.2.840.113549.1.1.5', bytes: 20 },
  sha256: { oid: '2.16.840.1.101.3.4.2.1', signatureOid: '1.2.840.113549.1.1.11', bytes: 32 },
  sha384: { oid: '2.16.840.1.101.3.4.2.2', signatureOid: '1.2.840.113549.1.1.12', bytes: 48 },
  sha512: { oid: '2.16.840.1.101.3.4.2.3', signatureOid: '1.2.840.113549.1.1.13', bytes: 64 },
} as const satisfies Record<string, { oid: string; signatureOid: string; bytes: number }>;

export type DigestName = keyof typeof DIGESTS;

/** `nodeName` is OpenSSL's; single DES runs as triple DES with one key three times, which is the same function. */
export const CIPHERS = {
  des: { oid: '1.3.14.3.2.7', nodeName: 'des-ede3-cbc', keyBytes: 8, ivBytes: 8 },
  des3: { oid: '1.2.840.113549.3.7', nodeName: 'des-ede3-cbc', keyBytes: 24, ivBytes: 8 },
  aes128: { oid: '2.16.840.1.101.3.4.1.2', nodeName: 'aes-128-cbc', keyBytes: 16, ivBytes: 16 },
  aes192: { oid: '2.16.840.1.101.3.4.1.22', nodeName: 'aes-192-cbc', keyBytes: 24, ivBytes: 16 },
  aes256: { oid: '2.16.840.1.101.3.4.1.42', nodeName: 'aes-256-cbc', keyBytes: 32, ivBytes: 16 },
} as const satisfies Record<string, { oid: string; nodeName: string; keyBytes: number; ivBytes: number }>;

export type CipherName = keyof typeof CIPHERS;

export const DIGEST_NAMES = Object.keys(DIGESTS) as DigestName[];
export const CIPHER_NAMES = Object.keys(CIPHERS) as CipherName[];

export const digestByOid = (dotted: string): DigestName | undefined =>
  DIGEST_NAMES.find((name) => DIGESTS[name].oid === dotted);
export const digestBySignatureOid = (dotted: string): DigestName | undefined =>
  DIGEST_NAMES.find((name) => DIGESTS[name].signatureOid === dotted);
export const cipherByOid = (dotted: string): CipherName | undefined =>
  CIPHER_NAMES.find((name) => CIPHERS[name].oid === dotted);

export function hash(name: DigestName, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash(name).update(data).digest());
}
