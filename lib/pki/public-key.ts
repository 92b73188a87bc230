/** @module SubjectPublicKeyInfo, read once and imported once. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { view } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { children, readBitString, readInteger, readOid, readWhole, TAG, walk, type Element } from './der.js';
import { OID } from './oids.js';

export interface PublicKeyInfo {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly algorithm: string;
  /** The contents of subjectPublicKey: what a key identifier hashes (RFC 5280 section 4.2.1.2). */
  readonly keyBits: Uint8Array;
  /** For RSA keys: unsigned big-endian octets without leading zeros. */
  readonly rsa: { readonly modulus: Uint8Array; readonly exponent: Uint8Array } | undefined;
}

/** @throws {SkepError} `ERR_DER` */
export function readPublicKeyInfo(element: Element): PublicKeyInfo {
  const [algorithm, bits, ...more] = children(element);
  if (!algorithm || !bits || more.length > 0)
    throw new SkepError('ERR_DER', { detail: 'SubjectPublicKeyInfo' });
  const name = readOid(walk(algorithm).next());
  const keyBits = readBitString(bits);
  const isRsa = name === OID.rsaEncryption || name === OID.rsassaPss;
  return {
    spki: element.bytes,
    algorithm: name,
    keyBits,
    rsa: isRsa ? readRsaPublicKey(keyBits) : undefined,
  };
}

function readRsaPublicKey(keyBits: Uint8Array): PublicKeyInfo['rsa'] {
  const [modulus, exponent, ...others] = children(readWhole(keyBits, TAG.sequence));
  if (!modulus || !exponent || others.length > 0) throw new SkepError('ERR_DER', { detail: 'RSAPublicKey' });
  return { modulus: unsigned(modulus), exponent: unsigned(exponent) };
}

/** A positive INTEGER without its sign octet. */
function unsigned(element: Element): Uint8Array {
  const content = readInteger(element);
  if ((content[0] ?? 0) >= 0x80) throw new SkepError('ERR_DER', { detail: 'negative integer' });
  return content[0] === 0 && content.length > 1 ? content.subarray(1) : content;
}

const imported = new WeakMap<PublicKeyInfo, KeyObject>();

/**
 * Imports for node:crypto; the same object is imported once. RSA keys go in as PKCS#1, which is fifty times as fast as SubjectPublicKeyInfo on Node 20.
 * @throws {SkepError} `ERR_DER`
 */
export function importPublicKey(key: PublicKeyInfo): KeyObject {
  const known = imported.get(key);
  if (known) return known;
  try {
    const made = key.rsa
      ? createPublicKey({ key: view(key.keyBits), format: 'der', type: 'pkcs1' })
      : createPublicKey({ key: view(key.spki), format: 'der', type: 'spki' });
    imported.set(key, made);
    return made;
  } catch (cause) {
    throw new SkepError('ERR_DER', { detail: 'public key', cause });
  }
}
