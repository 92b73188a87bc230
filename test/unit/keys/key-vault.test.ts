import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { keyDefaults, startTestVault, type TestVault } from '../../support/vault.js';
import { virtualTime } from './virtual-time.js';

let vault: TestVault;

beforeAll(async () => {
  vault = await startTestVault();
  vault.createKey('ca', { kty: 'EC-HSM' });
  vault.createKey('ra', { kty: 'RSA', operations: ['decrypt'] });
  vault.createKey('big', { kty: 'RSA-HSM', size: 4096 });
});
beforeEach(() => {
  vault.meter.reset();
});
afterAll(() => vault.close());

const open = (name = 'ca', more: object = {}) =>
  openVaultKey({ connection: vault.connection, name, ...keyDefaults, ...more });
const data = Buffer.from('data');

describe('a signature', () => {
  it('is one request to the vault, the first as well as the others', async () => {
    const { signer, id } = await open();
    expect(vault.meter.counts.getKey).toBe(1);
    for (let i = 0; i < 5; i++) await signer.sign(data, 'ES256');
    expect(vault.meter.counts).toMatchObject({ getKey: 1, sign: 5 });
    // Key Vault's handshake: each client asks once without a token.
    expect(vault.meter.challenges).toBe(2);
    expect(id).toMatch(/\/keys\/ca\/[0-9a-f]{32}$/);
  });

  it('is made for many who come at once, the first time too', async () => {
    const { signer } = await open();
    const before = vault.meter.challenges;
    await Promise.all(Array.from({ length: 20 }, () => signer.sign(data, 'ES256')));
    expect(vault.meter.counts.sign).toBe(20);
    // Were all of them challenged, the one whose body the SDK holds back could lose it.
    expect(vault.meter.challenges - before).toBe(1);
  });

  it('comes from the version that was opened, even when there is a newer one', async () => {
    vault.createKey('rotated', { kty: 'EC' });
    const { signer, id } = await open('rotated');
    vault.createKey('rotated', { kty: 'EC' });
    await signer.sign(data, 'ES256');
    const version = id.split('/').at(-1) ?? '';
    expect((await open('rotated', { version })).signer.publicKey).toEqual(signer.publicKey);
    expect((await open('rotated')).signer.publicKey).not.toEqual(signer.publicKey);
  });

  it('is tried once more when the connection breaks, and then no more', async () => {
    const { signer } = await open();
    vault.meter.faults.push({ operation: 'sign', cut: true, times: 1 });
    await signer.sign(data, 'ES256');
    expect(vault.meter.counts.sign).toBe(2);
    vault.meter.faults.push({ operation: 'sign', cut: true });
    await expect(signer.sign(data, 'ES256')).rejects.toMatchObject({ code: 'ERR_SIGNER_UNAVAILABLE' });
    expect(vault.meter.counts.sign).toBe(4);
  });

  it('is given up when the vault takes too long', async () => {
    const connection = { ...vault.connection, timeoutMs: 60 };
    const { signer } = await openVaultKey({ connection, name: 'ca', ...keyDefaults });
    vault.meter.faults.push({ operation: 'sign', delayMs: 300 });
    await expect(signer.sign(data, 'ES256')).rejects.toMatchObject({ code: 'ERR_SIGNER_UNAVAILABLE' });
  });

  it.each([
    [403, 'Forbidden', 'ERR_SIGNER_REFUSED', 1],
    [400, 'BadParameter', 'ERR_SIGNER_REFUSED', 1],
    [404, 'KeyNotFound', 'ERR_SIGNER_REFUSED', 1],
    [500, 'InternalServerError', 'ERR_SIGNER_UNAVAILABLE', 2],
    [503, 'ServiceUnavailable', 'ERR_SIGNER_UNAVAILABLE', 2],
    [408, 'RequestTimeout', 'ERR_SIGNER_UNAVAILABLE', 2],
  ])('that the vault answers with %i fails as what it is', async (status, code, expected, attempts) => {
    const { signer } = await open();
    vault.meter.faults.push({ operation: 'sign', status, code });
    await expect(signer.sign(data, 'ES256')).rejects.toMatchObject({
      code: expected,
      detail: `sign: answered ${status} ${code}`,
    });
    expect(vault.meter.counts.sign).toBe(attempts);
  });

  it('that the vault throttles holds back the next ones, for as long as the vault says', async () => {
    const time = virtualTime();
    const { signer } = await open('ca', { clock: time.clock });
    vault.meter.faults.push({ operation: 'sign', status: 429, retryAfterSeconds: 4, times: 1 });
    for (let i = 0; i < 3; i++) {
      await expect(signer.sign(data, 'ES256')).rejects.toMatchObject({
        code: 'ERR_SIGNER_THROTTLED',
        retryAfterSeconds: 4,
      });
    }
    expect(vault.meter.counts.sign).toBe(1);
    await time.advance(4000);
    await signer.sign(data, 'ES256');
    expect(vault.meter.counts.sign).toBe(2);
  });

  it('is shed before the vault has to: an RSA-4096 key in an HSM', async () => {
    const time = virtualTime();
    vault.meter.limit = 250;
    const { signer } = await open('big', { clock: time.clock, wait: time.wait });
    const results = await Promise.all(
      Array.from({ length: 300 }, () =>
        Promise.race([
          signer.sign(data, 'RS256').then(() => 'signed'),
          time.advance(0).then(() => 'waits'),
        ]).catch((thrown: unknown) => (thrown as { code: string }).code),
      ),
    );
    await time.advance(2000);
    expect(vault.meter.throttled).toBe(0);
    expect(results.filter((result) => result === 'ERR_SIGNER_THROTTLED').length).toBeGreaterThan(200);
    expect(vault.meter.counts.sign).toBeLessThanOrEqual(80);
  });
});

describe('opening a key', () => {
  it('that is not there, or that we may not see, is refused', async () => {
    await expect(open('nobody')).rejects.toMatchObject({
      code: 'ERR_SIGNER_REFUSED',
      detail: 'get key: answered 404 KeyNotFound',
    });
    vault.meter.faults.push({ operation: 'getKey', status: 403, code: 'ForbiddenByRbac' });
    await expect(open()).rejects.toMatchObject({ code: 'ERR_SIGNER_REFUSED' });
  });

  it('of a vault that nobody reaches is an outage', async () => {
    const connection = { ...vault.connection, url: 'https://127.0.0.1:1' };
    await expect(openVaultKey({ connection, name: 'ca', ...keyDefaults })).rejects.toMatchObject({
      code: 'ERR_SIGNER_UNAVAILABLE',
    });
  });

  it('fails as refused when nobody can sign in, and keeps the reason as the cause', async () => {
    const cause = Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' });
    const connection = { ...vault.connection, credential: { getToken: () => Promise.reject(cause) } };
    await expect(openVaultKey({ connection, name: 'ca', ...keyDefaults })).rejects.toMatchObject({
      code: 'ERR_SIGNER_REFUSED',
      cause,
    });
  });

  it('does not send a token to a vault outside the domain of its challenge', async () => {
    const connection = { ...vault.connection, foreignDomain: false };
    await expect(openVaultKey({ connection, name: 'ca', ...keyDefaults })).rejects.toMatchObject({
      code: 'ERR_SIGNER_UNAVAILABLE',
    });
    expect(vault.meter.counts.getKey).toBe(0);
  });

  it('of a kind that cannot be a CA is refused', async () => {
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-521' })
      .privateKey.export({ format: 'pem', type: 'pkcs8' })
      .toString();
    vault.createKey('odd', { kty: 'EC', pem });
    await expect(open('odd')).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });
});

describe('a decrypter', () => {
  it('is for RSA keys', async () => {
    const key = await open('ca');
    expect(() => key.createDecrypter()).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }) as Error);
  });

  it('says so when the vault cannot be reached: that is no wrong padding', async () => {
    const decrypter = (await open('ra')).createDecrypter();
    const sealed = Buffer.alloc(256, 1);
    vault.meter.faults.push({ operation: 'decrypt', status: 503 });
    await expect(decrypter.unwrap(sealed, 'pkcs1', 16)).rejects.toMatchObject({
      code: 'ERR_SIGNER_UNAVAILABLE',
    });
    vault.meter.reset();
    vault.meter.faults.push({ operation: 'decrypt', status: 429 });
    await expect(decrypter.unwrap(sealed, 'pkcs1', 16)).rejects.toMatchObject({
      code: 'ERR_SIGNER_THROTTLED',
      retryAfterSeconds: 10,
    });
  });

  it('does not ask the vault about input of the wrong length', async () => {
    const decrypter = (await open('ra')).createDecrypter();
    await decrypter.unwrap(Buffer.alloc(255), 'pkcs1', 16);
    expect(vault.meter.counts.decrypt).toBe(0);
  });
});
