import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { keyDefaults, startTestVault, type TestVault } from '../../support/vault.js';
import { decrypterContract } from './decrypter.js';
import { signerContract } from './signer.js';

let vault: TestVault;

beforeAll(async () => {
  vault = await startTestVault();
  vault.createKey('rsa', { kty: 'RSA-HSM', size: 2048 });
  vault.createKey('p256', { kty: 'EC-HSM', size: 'P-256' });
  vault.createKey('p384', { kty: 'EC', size: 'P-384' });
  vault.createKey('ra', { kty: 'RSA', operations: ['sign', 'decrypt'] });
});
afterAll(() => vault.close());

const open = (name: string) => openVaultKey({ connection: vault.connection, name, ...keyDefaults });
const openSigner = (name: string) => async () => (await open(name)).signer;

signerContract('key vault, RSA', openSigner('rsa'), ['RS256', 'RS384', 'RS512', 'PS256']);
signerContract('key vault, P-256', openSigner('p256'), ['ES256']);
signerContract('key vault, P-384', openSigner('p384'), ['ES384']);

decrypterContract('key vault', async () => {
  const key = await open('ra');
  const publicKey = createPublicKey({ key: Buffer.from(key.signer.publicKey), format: 'der', type: 'spki' });
  return { decrypter: key.createDecrypter(), publicKey };
});
