/** @module The kinds of key that can be a CA: what makes them, what they sign with, what Key Vault lets them do. */
import {
  createPublicKey,
  generateKeyPair as generateKeyPairCallback,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { promisify } from 'node:util';
import { SkepError } from '../base/errors.js';
import type { SignatureAlgorithm } from './signer.js';

interface KeyTypeRow {
  readonly family: 'rsa' | 'ec';
  /** Modulus length in bits, or the curve as node:crypto names it. */
  readonly size: number | 'prime256v1' | 'secp384r1';
  /** Operations in ten seconds that Key Vault grants one vault in one region. */
  readonly vaultOperations: { readonly software: number; readonly hsm: number };
}

export const KEY_TYPES = {
  'RSA-2048': { family: 'rsa', size: 2048, vaultOperations: { software: 4000, hsm: 2000 } },
  'RSA-3072': { family: 'rsa', size: 3072, vaultOperations: { software: 1000, hsm: 500 } },
  'RSA-4096': { family: 'rsa', size: 4096, vaultOperations: { software: 500, hsm: 250 } },
  'EC-P256': { family: 'ec', size: 'prime256v1', vaultOperations: { software: 4000, hsm: 2000 } },
  'EC-P384': { family: 'ec', size: 'secp384r1', vaultOperations: { software: 4000, hsm: 2000 } },
} as const satisfies Record<string, KeyTypeRow>;

export type KeyType = keyof typeof KEY_TYPES;

type Algorithms = readonly [SignatureAlgorithm, ...SignatureAlgorithm[]];

/**
 * What a key can sign with, the preferred algorithm first: by modulus for RSA, by curve for EC.
 * @throws {SkepError} `ERR_CONFIG` for a key that no CA of ours can be.
 */
export function signatureAlgorithmsOf(key: KeyObject): Algorithms {
  if (key.asymmetricKeyType === 'rsa') return ['RS256', 'RS384', 'RS512', 'PS256', 'RS1'];
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'prime256v1') return ['ES256'];
  if (curve === 'secp384r1') return ['ES384'];
  throw new SkepError('ERR_CONFIG', {
    detail: `keys of type ${[key.asymmetricKeyType, curve].filter(Boolean).join(' ')} are not supported`,
  });
}

/** The row that a public key (SubjectPublicKeyInfo, DER) belongs to, if there is one. */
export function keyTypeOf(publicKey: Uint8Array): KeyType | undefined {
  const details = createPublicKey({
    key: Buffer.from(publicKey),
    format: 'der',
    type: 'spki',
  }).asymmetricKeyDetails;
  const size = details?.modulusLength ?? details?.namedCurve;
  return (Object.keys(KEY_TYPES) as KeyType[]).find((name) => KEY_TYPES[name].size === size);
}

const generateKeyPair = promisify(generateKeyPairCallback);

/** Makes a key off the main thread: RSA takes from a tenth of a second to several. */
export async function generateKey(type: KeyType): Promise<KeyObject> {
  const { family, size } = KEY_TYPES[type];
  const pair: KeyPairKeyObjectResult =
    family === 'rsa'
      ? await generateKeyPair('rsa', { modulusLength: size })
      : await generateKeyPair('ec', { namedCurve: size });
  return pair.privateKey;
}
