import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatSubject, parseSubject } from '../../../dev/intune/challenge/subject.js';
import { MUTATION_NAMES } from '../../../dev/intune/challenge/mutations.js';
import { defaultSeed, SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { fromBase64, fromHex } from '../../../lib/base/bytes.js';
import { openssl, temporaryFolder } from '../../support/openssl.js';

let simulator: IntuneSimulator;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterAll(() => simulator.close());

const mint = async () => {
  const minted = await simulator.mintChallenge(SEED_IDS.device, SEED_IDS.profile);
  return { ...minted, xml: Buffer.from(minted.challenge, 'base64').toString('utf8') };
};

const element = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';

describe('a challenge', () => {
  it('is base64 of a CertEnrollToken in one line, with its elements in order', async () => {
    const { challenge, xml } = await mint();
    expect(challenge).toMatch(/^PENlcnRFbnJvbGxUb2tlbj[A-Za-z0-9+/]+={0,2}$/);
    expect([...xml.matchAll(/<(\w+)>/g)].map((match) => match[1])).toEqual([
      'CertEnrollToken',
      'Data',
      'CertEnrollChallenge',
      'SignerThumbprint',
      'Signature',
      'DeviceId',
      'CertificateRequestId',
      'Timestamp',
    ]);
    expect(element(xml, 'SignerThumbprint')).toMatch(/^[0-9A-F]{40}$/);
    expect(element(xml, 'Signature')).toMatch(/^(?:[0-9A-F]{2})+$/);
    expect(element(xml, 'DeviceId')).toBe(SEED_IDS.device);
    expect(element(xml, 'Timestamp')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    expect(element(xml, 'CertificateRequestId')).toMatch(
      /^ModelName=AC_[0-9a-f-]{36}\/LogicalName_[0-9a-f_]{36};Version=1;Hash=-?\d+$/,
    );
  });

  it('is about 5 kB long', async () => {
    const { challenge } = await mint();
    expect(challenge.length).toBeGreaterThan(4500);
    expect(challenge.length).toBeLessThan(5500);
  });

  it('names its node as the request id without the version', async () => {
    const { request } = await mint();
    const expected = request.requestId.replace(/;Version=\d+/, '').replace(/[=/;]/g, '_');
    expect(request.uniqueId).toBe(expected);
  });

  it('opens with openssl: the signature over the envelope, and the envelope', async () => {
    const { xml } = await mint();
    const keys = simulator.state.tenants.get(SEED_IDS.tenant)?.keys;
    if (!keys) throw new Error('no tenant');
    const folder = temporaryFolder();
    const write = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const pem = (der: ArrayBuffer) => new X509Certificate(Buffer.from(der)).toString();
    const sealed = write('sealed', fromBase64(element(xml, 'CertEnrollChallenge')));
    const signature = write('signature', fromHex(element(xml, 'Signature')));
    const signer = write('signer.pem', pem(keys.signing.certificate.toSchema().toBER()));
    const key = write(
      'key.der',
      Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.encryption.decryptionKey)),
    );
    const verification = openssl([
      ...['cms', '-verify', '-binary', '-inform', 'DER', '-in', signature, '-content', sealed],
      ...['-certfile', signer, '-noverify', '-out', join(folder, 'verified')],
    ]);
    expect(verification).toContain('successful');
    const opened = join(folder, 'opened');
    openssl([
      ...['cms', '-decrypt', '-inform', 'DER', '-in', sealed],
      ...['-inkey', key, '-keyform', 'DER', '-out', opened],
    ]);
    const plaintext = readFileSync(opened, 'utf8');
    expect(JSON.parse(plaintext)).toMatchObject({
      format: 'skep-intune-simulator/1',
      tenantId: SEED_IDS.tenant,
      deviceId: SEED_IDS.device,
      intervalMinutes: 60,
    });
  });

  it('is kept by its digest alone', async () => {
    const { challenge } = await mint();
    const remembered = JSON.stringify([[...simulator.state.requests.values()], simulator.state.calls]);
    expect(remembered).not.toContain(challenge.slice(0, 40));
    expect(remembered).not.toContain('PENlcnRFbn');
  });

  it.each(MUTATION_NAMES)('can be spoiled: %s', async (mutation) => {
    const { challenge } = await simulator.mintChallenge(SEED_IDS.device, SEED_IDS.profile, mutation);
    expect(challenge).toMatch(/^PENlcnRFbn/);
  });

  it('is not made where a variable has no value', async () => {
    const seed = defaultSeed();
    const other = await startIntuneSimulator({
      seed: {
        ...seed,
        profiles: seed.profiles.map((row) => ({ ...row, subjectFormat: 'CN={{IMEINumber}}' })),
      },
    });
    await expect(other.mintChallenge(SEED_IDS.device, SEED_IDS.profile)).rejects.toMatchObject({
      name: 'DeploymentError',
    });
    await other.close();
  });
});

describe('subject names', () => {
  const CN = '2.5.4.3';
  const O = '2.5.4.10';
  const OU = '2.5.4.11';
  const parse = (text: string) => parseSubject(text, (value) => value);

  it.each([
    ['CN=a,O=b', [[{ type: CN, value: 'a' }], [{ type: O, value: 'b' }]]],
    [
      'CN=a+OU=b',
      [
        [
          { type: CN, value: 'a' },
          { type: OU, value: 'b' },
        ],
      ],
    ],
    ['CN="a, b";O=c', [[{ type: CN, value: 'a, b' }], [{ type: O, value: 'c' }]]],
    ['CN=a\\, b', [[{ type: CN, value: 'a, b', escaped: true }]]],
    ['CN="say ""so"""', [[{ type: CN, value: 'say "so"' }]]],
    ['1.2.3=x', [[{ type: '1.2.3', value: 'x' }]]],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('lets no resolved value add an RDN, and quotes it for the device', () => {
    const name = parseSubject('CN={{DeviceName}}', () => 'evil,O=x');
    expect(name).toEqual([[{ type: CN, value: 'evil,O=x' }]]);
    expect(formatSubject(name)).toBe('CN="evil,O=x"');
  });

  it.each(['nonsense', 'XX=a', 'CN="open'])('refuses %s', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ name: 'DeploymentError' }));
  });
});
