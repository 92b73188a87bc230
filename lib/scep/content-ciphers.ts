/** @module Content encryption in EnvelopedData: which ciphers, and how an answer mirrors its request. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SkepError } from '../base/errors.js';
import { concat, view } from '../base/bytes.js';

export type ContentCipherName = 'aes128' | 'aes192' | 'aes256' | 'des3' | 'des';

interface ContentCipher {
  readonly oid: string;
  /** As node:crypto names it. */
  readonly algorithm: string;
  readonly keyLength: number;
  readonly blockLength: number;
  /** Accepted only where the endpoint's legacy switch is on. */
  readonly legacy: boolean;
  /** What the answer uses (RFC 8894 section 3.1 leaves it to us; clients read what they write). */
  readonly answer: ContentCipherName;
}

export const CONTENT_CIPHERS = {
  aes128: cbc('2.16.840.1.101.3.4.1.2', 'aes-128-cbc', 16, 16, 'aes128'),
  aes192: cbc('2.16.840.1.101.3.4.1.22', 'aes-192-cbc', 24, 16, 'aes192'),
  aes256: cbc('2.16.840.1.101.3.4.1.42', 'aes-256-cbc', 32, 16, 'aes256'),
  des3: cbc('1.2.840.113549.3.7', 'des-ede3-cbc', 24, 8, 'des3'),
  // OpenSSL 3 keeps single DES in its legacy provider; triple DES with three equal keys is the same cipher.
  des: { ...cbc('1.3.14.3.2.7', 'des-ede3-cbc', 8, 8, 'des3'), legacy: true },
} as const satisfies Record<ContentCipherName, ContentCipher>;

function cbc(
  oid: string,
  algorithm: string,
  keyLength: number,
  blockLength: number,
  answer: ContentCipherName,
): ContentCipher {
  return { oid, algorithm, keyLength, blockLength, legacy: false, answer };
}

const NAME_BY_OID: ReadonlyMap<string, ContentCipherName> = new Map(
  Object.entries(CONTENT_CIPHERS).map(([name, cipher]) => [cipher.oid, name as ContentCipherName]),
);

/** @throws {SkepError} `ERR_SCEP_ALGORITHM` */
export function contentCipherByOid(oid: string, legacy: boolean): ContentCipherName {
  const name = NAME_BY_OID.get(oid);
  if (!name || (CONTENT_CIPHERS[name].legacy && !legacy)) {
    throw new SkepError('ERR_SCEP_ALGORITHM', { detail: `content encryption ${oid}` });
  }
  return name;
}

function keyOf(name: ContentCipherName, key: Uint8Array): Uint8Array {
  return name === 'des' ? concat([key, key, key]) : key;
}

/**
 * Decrypts and strips the padding of RFC 5652 section 6.3.
 *
 * A wrong padding is not told apart: the octets are then returned as they are, and whoever parses them fails as it
 * would on any other garbage. Throwing here would tell an attacker more (RFC 3218 section 2.3).
 */
export function decryptContent(
  name: ContentCipherName,
  key: Uint8Array,
  iv: Uint8Array,
  encrypted: Uint8Array,
): Uint8Array {
  const { algorithm, blockLength } = CONTENT_CIPHERS[name];
  const decipher = createDecipheriv(algorithm, keyOf(name, key), iv).setAutoPadding(false);
  const padded = concat([decipher.update(encrypted), decipher.final()]);
  const count = padded.at(-1) ?? 0;
  let difference = Number(count === 0 || count > blockLength);
  for (let i = 1; i <= blockLength; i++) {
    difference |= Number(i <= count) * ((padded.at(-i) ?? 0) ^ count);
  }
  return difference === 0 ? padded.subarray(0, padded.length - count) : padded;
}

/** Encrypts with the padding of RFC 5652 section 6.3. */
export function encryptContent(
  name: ContentCipherName,
  key: Uint8Array,
  iv: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(CONTENT_CIPHERS[name].algorithm, keyOf(name, key), iv);
  return view(concat([cipher.update(plain), cipher.final()]));
}
