/**
 * @module Signer and Decrypter over a private key that this process holds.
 *
 * The operations are the synchronous ones of node:crypto: on one core they are the fastest, and an RSA-2048 operation
 * takes a quarter of a millisecond.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  sign,
  type KeyObject,
} from 'node:crypto';
import { SkepError } from '../base/errors.js';
import { SIGNATURES } from '../pki/algorithms.js';
import type { Decrypter, KeyTransport } from './decrypter.js';
import { createSubstitute, unpadOrSubstitute } from './implicit-rejection.js';
import { signatureAlgorithmsOf } from './key-types.js';
import type { SignatureAlgorithm, Signer } from './signer.js';

/**
 * Reads a private key: PKCS#8, PKCS#1 or SEC 1, in PEM, encrypted or not.
 * @param name what the message calls it.
 * @throws {SkepError} `ERR_CONFIG` when it cannot be read or opened.
 */
export function parsePrivateKey(pem: string, name: string, passphrase?: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase ? { passphrase } : {}) });
  } catch (cause) {
    const encrypted = pem.includes('ENCRYPTED');
    const detail = encrypted ? 'is encrypted and the passphrase does not open it' : 'holds no private key';
    throw new SkepError('ERR_CONFIG', { detail: `${name} ${detail}`, cause });
  }
}

/** @throws {SkepError} `ERR_CONFIG` for a kind of key that cannot sign certificates. */
export function createLocalSigner(privateKey: KeyObject): Signer {
  const algorithms = signatureAlgorithmsOf(privateKey);
  return {
    publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    algorithms,
    sign: (data, algorithm) =>
      new Promise((resolve) => {
        resolve(signLocally(privateKey, algorithms, data, algorithm));
      }),
  };
}

function signLocally(
  key: KeyObject,
  algorithms: readonly SignatureAlgorithm[],
  data: Uint8Array,
  algorithm: SignatureAlgorithm,
): Uint8Array {
  if (!algorithms.includes(algorithm)) {
    throw new SkepError('ERR_SIGNER_REFUSED', { detail: `the key does not sign with ${algorithm}` });
  }
  const row = SIGNATURES[algorithm];
  if (row.keyType === 'ec') return sign(row.hash, data, { key, dsaEncoding: 'der' });
  const saltLength = 'saltLength' in row ? row.saltLength : undefined;
  return sign(row.hash, data, { key, padding: row.padding, saltLength });
}

/** @throws {SkepError} `ERR_CONFIG` when the key is not RSA. */
export function createLocalDecrypter(privateKey: KeyObject): Decrypter {
  if (privateKey.asymmetricKeyType !== 'rsa') {
    throw new SkepError('ERR_CONFIG', { detail: 'SCEP messages can be encrypted to an RSA key only' });
  }
  const secret = createHash('sha256')
    .update(privateKey.export({ format: 'der', type: 'pkcs1' }))
    .digest();
  const substitute = createSubstitute(secret);
  return {
    unwrap: (encryptedKey, transport, length) =>
      new Promise((resolve) => {
        resolve(UNWRAP[transport](privateKey, encryptedKey, substitute(encryptedKey, length)));
      }),
  };
}

type Unwrap = (key: KeyObject, encryptedKey: Uint8Array, substitute: Uint8Array) => Uint8Array;

const UNWRAP = {
  // RSA_PKCS1_PADDING throws on Node 20 and rejects implicitly with a random length on later ones.
  pkcs1: (key, encryptedKey, substitute) => {
    try {
      const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encryptedKey);
      return unpadOrSubstitute(block, substitute);
    } catch {
      return substitute;
    }
  },
  'oaep-sha1': unwrapOaep('sha1'),
  'oaep-sha256': unwrapOaep('sha256'),
} as const satisfies Record<KeyTransport, Unwrap>;

function unwrapOaep(oaepHash: 'sha1' | 'sha256'): Unwrap {
  return (key, encryptedKey, substitute) => {
    try {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const opened = privateDecrypt({ key, padding, oaepHash }, encryptedKey);
      return opened.length === substitute.length ? opened : substitute;
    } catch {
      return substitute;
    }
  };
}
