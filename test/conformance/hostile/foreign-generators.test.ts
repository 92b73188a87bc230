/** CMS that others make: envelopes of openssl, whole messages of pkijs, and kinds of CMS that are none of SCEP's. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBench, deviceCsr, DEVICE, DEVICE_KEY } from '../../support/scep-bench.js';
import { pem } from '../../support/openssl.js';
import { ENDPOINTS, expectHarmless } from './harmless.js';
import { signByPkijs } from '../../support/pkijs-message.js';

const bench = await createBench();
const folder = mkdtempSync(join(tmpdir(), 'skep-cms-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};
const RA = file('ra.pem', pem(bench.ca.encryption.der));
const SIGNER = file('signer.pem', pem(DEVICE.certificate.der));
const KEY = file('key.pem', DEVICE_KEY.export({ type: 'pkcs8', format: 'pem' }).toString());

function cms(input: Uint8Array, ...args: readonly string[]): Uint8Array {
  const { status, stdout, stderr } = spawnSync('openssl', ['cms', '-binary', '-outform', 'DER', ...args], {
    input,
  });
  if (status !== 0) throw new Error(stderr.toString());
  return new Uint8Array(stdout);
}

describe('envelopes of openssl that open', () => {
  it.each([
    ['AES-128', ['-aes128', RA]],
    ['AES-256', ['-aes256', RA]],
    ['triple DES', ['-des3', RA]],
    ['indefinite lengths', ['-stream', '-aes256', RA]],
    ['a key identifier', ['-keyid', '-aes256', RA]],
    ['OAEP', ['-aes256', '-recip', RA, '-keyopt', 'rsa_padding_mode:oaep']],
    [
      'OAEP with SHA-256',
      ['-aes256', '-recip', RA, '-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'],
    ],
    ['a stranger beside us', ['-aes256', SIGNER, RA]],
  ])('%s', async (_case, args) => {
    const envelope = cms(deviceCsr(), '-encrypt', ...args);
    expect((await bench.ask(bench.build({ envelope }))).outcome).toBe('SUCCESS');
  });
});

describe.each(ENDPOINTS)('what is no SCEP, on %s', (endpoint) => {
  const csr = deviceCsr();
  const aes = ['-secretkey', '00112233445566778899AABBCCDDEEFF', '-secretkeyid', 'AA'];

  it.each([
    ['AES-GCM', () => cms(csr, '-encrypt', '-aes-256-gcm', RA)],
    ['a password', () => cms(csr, '-encrypt', '-aes256', '-pwri_password', 'x')],
    ['a secret key', () => cms(csr, '-encrypt', '-aes128', ...aes)],
    ['Camellia', () => cms(csr, '-encrypt', '-camellia256', RA)],
    [
      'OAEP with two hashes',
      () =>
        cms(
          csr,
          '-encrypt',
          '-aes256',
          '-recip',
          RA,
          '-keyopt',
          'rsa_padding_mode:oaep',
          '-keyopt',
          'rsa_oaep_md:sha256',
          '-keyopt',
          'rsa_mgf1_md:sha1',
        ),
    ],
    [
      'OAEP with a label',
      () =>
        cms(
          csr,
          '-encrypt',
          '-aes256',
          '-recip',
          RA,
          '-keyopt',
          'rsa_padding_mode:oaep',
          '-keyopt',
          'rsa_oaep_label:616263',
        ),
    ],
  ])('an envelope with %s', async (what, seal) => {
    const before = bench.store.records.size;
    const answer = await bench.ask(bench.build({ envelope: seal() }), endpoint);
    expect(answer.outcome, what).toMatch(/^FAILURE bad/);
    expect(bench.store.records.size).toBe(before);
  });

  it.each([
    ['signed', ['-sign', '-nodetach', '-signer', SIGNER, '-inkey', KEY]],
    ['signed without attributes', ['-sign', '-nodetach', '-noattr', '-signer', SIGNER, '-inkey', KEY]],
    ['detached', ['-sign', '-signer', SIGNER, '-inkey', KEY]],
    ['enveloped', ['-encrypt', '-aes256', RA]],
    ['digested', ['-digest_create']],
    ['plain data', ['-data_create']],
  ])('a body of %s CMS is 400', async (_case, args) => {
    expect((await bench.ask(cms(csr, ...args), endpoint)).outcome).toBe('HTTP 400');
  });
});

describe('whole messages of pkijs', () => {
  it('succeed', async () => {
    const message = await signByPkijs(bench.ca.encryption.der, DEVICE, deviceCsr({ subject: 'CN=pkijs' }));
    expect((await bench.ask(message)).outcome).toBe('SUCCESS');
  });

  it('fail when the request inside is none', async () => {
    const other = await createBench();
    const message = await signByPkijs(bench.ca.encryption.der, DEVICE, Buffer.from('hello'));
    expectHarmless(other, await other.ask(message));
  });
});
