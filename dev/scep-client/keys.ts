/** @module RSA keys of a client. */
import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Makes an RSA private key; `modulusBits` default 2048. The public half comes from {@link publicKeyDer}. */
export async function generateRsaKey(modulusBits = 2048): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: modulusBits });
  return privateKey;
}

const publicKeys = new WeakMap<KeyObject, Uint8Array>();

/** SubjectPublicKeyInfo of a private or public key, DER. */
export function publicKeyDer(key: KeyObject): Uint8Array {
  const known = publicKeys.get(key);
  if (known) return known;
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  const der = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  publicKeys.set(key, der);
  return der;
}

/** PKCS#8 PEM, unencrypted. */
export const exportPrivateKey = (key: KeyObject): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
