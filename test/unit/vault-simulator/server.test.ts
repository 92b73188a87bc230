import { request } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  startVaultSimulator,
  type VaultSimulator,
  type VaultSimulatorOptions,
} from '../../../dev/vault/server.js';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { temporaryFolder } from '../../support/openssl.js';
import { connectTo, keyDefaults } from '../../support/vault.js';

async function start(options?: VaultSimulatorOptions): Promise<VaultSimulator> {
  const simulator = await startVaultSimulator(options);
  onTestFinished(() => simulator.close().catch(() => undefined));
  return simulator;
}

interface Answer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly body: unknown;
}

function call(
  { url, certificate }: VaultSimulator,
  method: string,
  path: string,
  { body, token }: { readonly body?: unknown; readonly token?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const outgoing = request(url + path, { method, ca: certificate, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: incoming.statusCode ?? 0,
          challenge: incoming.headers['www-authenticate'],
          body: text ? (JSON.parse(text) as unknown) : undefined,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

describe('the Key Vault simulator', () => {
  it('makes keys, lays faults and counts through its control calls', async () => {
    const vault = await start();
    const made = await call(vault, 'PUT', '/_sim/keys/ca', { body: { kty: 'EC-HSM', size: 'P-384' } });
    expect(made).toMatchObject({ status: 200, body: { key: { kty: 'EC-HSM', crv: 'P-384' } } });
    expect((made.body as { key: object }).key).not.toHaveProperty('d');

    const { signer } = await openVaultKey({ connection: connectTo(vault), name: 'ca', ...keyDefaults });
    await signer.sign(Buffer.from('x'), 'ES384');
    await call(vault, 'POST', '/_sim/faults', { body: { operation: 'sign', status: 403, times: 1 } });
    await expect(signer.sign(Buffer.from('x'), 'ES384')).rejects.toMatchObject({
      code: 'ERR_SIGNER_REFUSED',
    });
    expect(await call(vault, 'GET', '/_sim/counts')).toMatchObject({
      status: 200,
      body: { counts: { getKey: 1, sign: 2 }, challenges: 2, throttled: 0 },
    });

    await call(vault, 'PUT', '/_sim/limit', { body: { limit: 1 } });
    await signer.sign(Buffer.from('x'), 'ES384');
    await expect(signer.sign(Buffer.from('x'), 'ES384')).rejects.toMatchObject({
      code: 'ERR_SIGNER_THROTTLED',
      retryAfterSeconds: 10,
    });
    await call(vault, 'POST', '/_sim/reset');
    expect(vault.meter.counts.sign).toBe(0);
    expect(await call(vault, 'GET', '/_sim/nothing')).toMatchObject({ status: 404 });
  });

  it('lets nobody in without a token, and tells where to get one', async () => {
    const vault = await start();
    const { status, challenge } = await call(vault, 'GET', '/keys/ca/');
    expect(status).toBe(401);
    expect(challenge).toMatch(
      /^Bearer authorization="https:\/\/login\.microsoftonline\.com\/.+", resource="https:/,
    );
  });

  it('answers what Key Vault answers to a digest of the wrong length and to a forbidden operation', async () => {
    const vault = await start();
    const version = vault.createKey('ca', { kty: 'RSA' });
    const token = 'any';
    const sign = (value: string) =>
      call(vault, 'POST', `/keys/ca/${version}/sign`, { token, body: { alg: 'RS256', value } });
    expect(await sign(Buffer.alloc(31).toString('base64url'))).toMatchObject({
      status: 400,
      body: { error: { code: 'BadParameter' } },
    });
    const decrypt = await call(vault, 'POST', `/keys/ca/${version}/decrypt`, {
      token,
      body: { alg: 'RSA1_5', value: 'AA' },
    });
    expect(decrypt).toMatchObject({ status: 403, body: { error: { code: 'Forbidden' } } });
  });

  it('keeps the name of a certificate that was deleted, until it is recovered', async () => {
    const vault = await start();
    const token = 'any';
    const policy = {
      issuer: { name: 'Unknown' },
      key_props: { kty: 'RSA' },
      secret_props: { contentType: 'x' },
      x509_props: { subject: 'CN=RA' },
    };
    const create = () => call(vault, 'POST', '/certificates/ra/create', { token, body: { policy } });
    expect(await create()).toMatchObject({ status: 202 });
    expect(await call(vault, 'DELETE', '/certificates/ra/pending', { token })).toMatchObject({ status: 200 });
    expect(await call(vault, 'DELETE', '/certificates/ra', { token })).toMatchObject({ status: 200 });
    expect(await create()).toMatchObject({
      status: 409,
      body: { error: { code: 'Conflict', innererror: { code: 'ObjectIsDeletedButRecoverable' } } },
    });
    const recover = () => call(vault, 'POST', '/deletedcertificates/ra/recover', { token });
    expect(await recover()).toMatchObject({ status: 200 });
    expect(await recover()).toMatchObject({ status: 404 });
    expect(await create()).toMatchObject({ status: 202 });
  });

  it('keeps its keys in a file for the next start', async () => {
    const stateFile = join(temporaryFolder(), 'vault.json');
    const first = await start({ stateFile });
    const version = first.createKey('ca', { kty: 'EC' });
    await first.close();
    const second = await start({ stateFile });
    expect(second.state.keys['ca']?.map((key) => key.version)).toEqual([version]);
  });
});
