/** @module The recorded exchanges under test/vectors, with the keys that open them. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../../vectors');

export const vectorPath = (...parts: string[]): string => path.join(ROOT, ...parts);
export const readVector = (...parts: string[]): Uint8Array =>
  new Uint8Array(readFileSync(vectorPath(...parts)));
export const readKey = (...parts: string[]): KeyObject =>
  createPrivateKey(readFileSync(vectorPath(...parts)));
export const readPemCertificate = (...parts: string[]): Uint8Array =>
  Buffer.from(readFileSync(vectorPath(...parts), 'latin1').replace(/-----[^-]+-----|\s/g, ''), 'base64');

/** The names of all recorded PKIOperations of a folder, e.g. `003.micromdm`. */
export const listExchanges = (folder: string): string[] =>
  readdirSync(vectorPath(folder))
    .filter((name) => name.endsWith('.PKIOperation.req.der'))
    .map((name) => name.replace('.PKIOperation.req.der', ''));

/** The clients' private keys of a folder, by their SubjectPublicKeyInfo in hex. */
export function clientKeys(folder: string): Map<string, KeyObject> {
  const keys = readdirSync(vectorPath(folder, 'client-keys')).map((name) => {
    const file = vectorPath(folder, 'client-keys', name);
    const pem = name.endsWith('.p12')
      ? execFileSync('openssl', ['pkcs12', '-in', file, '-nocerts', '-nodes', '-passin', 'pass:x'])
      : readFileSync(file);
    return createPrivateKey(pem);
  });
  return new Map(
    keys.map((key) => [createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('hex'), key]),
  );
}
