import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { createKeyClient } from '../../../lib/keys/vault-connection.js';
import {
  findLowkeyVault,
  LOWKEY_HINT,
  startLowkeyVault,
  type LowkeyVault,
} from '../../support/lowkey-vault.js';
import { keyDefaults } from '../../support/vault.js';
import { decrypterContract } from './decrypter.js';
import { signerContract } from './signer.js';

const jar = findLowkeyVault();

describe.runIf(jar)('over Lowkey Vault', () => {
  let vault: LowkeyVault;

  beforeAll(async () => {
    vault = await startLowkeyVault(jar ?? '');
    const keys = await createKeyClient(vault.connection);
    await keys.createRsaKey('rsa', { keySize: 2048, keyOps: ['sign', 'verify'] });
    await keys.createEcKey('p256', { curve: 'P-256', keyOps: ['sign', 'verify'] });
    await keys.createEcKey('p384', { curve: 'P-384', keyOps: ['sign', 'verify'] });
    await keys.createRsaKey('ra', { keySize: 2048, keyOps: ['sign', 'decrypt'] });
  });
  afterAll(() => vault.close());

  const open = (name: string) => openVaultKey({ connection: vault.connection, name, ...keyDefaults });
  const openSigner = (name: string) => async () => (await open(name)).signer;

  signerContract('Lowkey Vault, RSA', openSigner('rsa'), ['RS256', 'RS384', 'RS512', 'PS256']);
  signerContract('Lowkey Vault, P-256', openSigner('p256'), ['ES256']);
  signerContract('Lowkey Vault, P-384', openSigner('p384'), ['ES384']);

  decrypterContract('Lowkey Vault', async () => {
    const key = await open('ra');
    const publicKey = createPublicKey({
      key: Buffer.from(key.signer.publicKey),
      format: 'der',
      type: 'spki',
    });
    return { decrypter: key.createDecrypter(), publicKey };
  });
});

describe.runIf(!jar)('without Lowkey Vault', () => {
  it('its suites are left out', ({ skip }) => {
    skip(LOWKEY_HINT);
  });
});
