import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../../../dev/scep-client/index.js';
import { withApp } from '../../../support/fake-app.js';
import { openssl, pem, temporaryFolder } from '../../../support/openssl.js';
import { createTestAuthority, issueLeaf, testAuthority } from '../../../support/test-authority.js';
import { runSkep } from '../run-cli.js';

const APP_URL = 'https://skep.example';
const offline: Fetch = () => Promise.reject(new TypeError('fetch failed'));

const root = async () => (await testAuthority()).authority.issuer;
const subordinate = async () => [
  await issueLeaf(await root(), { subject: 'CN=Issuing CA' }),
  (await root()).certificate,
];

interface Setup {
  readonly chain?: readonly Uint8Array[];
  readonly next?: readonly Uint8Array[];
  readonly scepPath?: string;
}

async function runExport(
  args: readonly string[],
  { chain, next, scepPath = '/certsrv/mscep/mscep.dll' }: Setup = {},
) {
  const app = {
    url: APP_URL,
    scepUrl: APP_URL + scepPath,
    chain: chain ?? [(await root()).certificate],
    next,
  };
  return runSkep(['profiles', 'export', ...args], { fetch: withApp(app, offline) });
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

describe('skep profiles export', () => {
  it('needs nothing but the address of the app', async () => {
    const out = join(temporaryFolder(), 'new', 'folder');
    const run = await runExport([APP_URL, '--out', out]);
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    expect(readdirSync(out)).toEqual([
      '01-windows-root.json',
      '02-windows-device-scep.json',
      '03-windows-user-scep.json',
      '04-ios-root.json',
      '05-ios-device-scep.json',
      '06-ios-user-scep.json',
      '07-macos-root.json',
      '08-macos-device-scep.json',
      '09-macos-user-scep.json',
      '10-android-work-profile-root.json',
      '11-android-work-profile-device-scep.json',
      '12-android-work-profile-user-scep.json',
      '13-android-fully-managed-root.json',
      '14-android-fully-managed-device-scep.json',
      '15-android-fully-managed-user-scep.json',
      'index.md',
      'skep-root.cer',
    ]);
    expect(readJson(join(out, '02-windows-device-scep.json'))).toMatchObject({
      '@odata.type': '#microsoft.graph.windows81SCEPCertificateProfile',
      scepServerUrls: ['https://skep.example/certsrv/mscep/mscep.dll'],
      'rootCertificate@odata.bind':
        "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('{id of 01-windows-root.json}')",
    });
    const certificate = readFileSync(join(out, 'skep-root.cer'));
    expect(readJson(join(out, '01-windows-root.json'))['trustedRootCertificate']).toBe(
      certificate.toString('base64'),
    );
    expect(openssl(['x509', '-inform', 'DER', '-noout', '-subject'], certificate)).toContain(
      'Skep Test RSA CA',
    );
  });

  it('explains every file', async () => {
    const out = temporaryFolder();
    await runExport([APP_URL, '--platform', 'windows', '--kind', 'device', '--out', out], {
      chain: await subordinate(),
    });
    const page = readFileSync(join(out, 'index.md'), 'utf8');
    for (const file of readdirSync(out).filter((name) => name !== 'index.md')) expect(page).toContain(file);
    expect(page).toContain(
      '| 03-windows-device-scep.json | Skep Windows: device certificate | `windows81SCEPCertificateProfile` | 02-windows-issuer.json |',
    );
    expect(page).toContain(
      '- customSubjectAlternativeNames: universalResourceIdentifier IntuneDeviceId://{{DeviceId}}\n',
    );
    expect(page).toContain('- rootCertificate: the profile of 02-windows-issuer.json\n');
    expect(page).not.toContain('trustedRootCertificate');
  });

  it('tells programs what it wrote', async () => {
    const out = temporaryFolder();
    const run = await runExport([APP_URL, '--platform', 'ios', '--kind', 'user', '--out', out, '--json']);
    expect(JSON.parse(run.out)).toMatchObject({
      status: 'exported',
      folder: out,
      ca: { subject: 'CN=Skep Test RSA CA,O=Skep' },
      profiles: [
        { key: 'ios/root', file: '01-ios-root.json', refersTo: [] },
        { key: 'ios/user/scep', file: '02-ios-user-scep.json', refersTo: ['ios/root'] },
      ],
    });
  });

  it('writes the certificates of an announced CA beside the present ones', async () => {
    const out = temporaryFolder();
    const { certificate } = (await createTestAuthority('ec')).authority.issuer;
    const run = await runExport([APP_URL, '--platform', 'windows', '--kind', 'device', '--out', out], {
      next: [certificate],
    });
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    const mark = new X509Certificate(certificate).fingerprint.replaceAll(':', '').slice(0, 8);
    const file = `skep-root-${mark.toLowerCase()}.cer`;
    expect(readdirSync(out)).toEqual([
      '01-windows-root.json',
      '02-windows-next-root.json',
      '03-windows-device-scep.json',
      'index.md',
      file,
      'skep-root.cer',
    ]);
    expect(readFileSync(join(out, file))).toEqual(Buffer.from(certificate));
    expect(readJson(join(out, '02-windows-next-root.json'))).toMatchObject({
      displayName: `Skep Windows: root CA ${mark}`,
      description: expect.stringContaining('[skep windows/root https://skep.example]') as string,
      certFileName: file,
      trustedRootCertificate: Buffer.from(certificate).toString('base64'),
    });
    expect(readFileSync(join(out, '03-windows-device-scep.json'), 'utf8')).toContain(
      '{id of 01-windows-root.json}',
    );
    const page = readFileSync(join(out, 'index.md'), 'utf8');
    expect(page).toContain(`- ${file}: root CA, of the next CA\n`);
    expect(page).toContain('The app has announced its next CA.');
  });

  it('takes the values of its options', async () => {
    const out = temporaryFolder();
    const other = join(out, 'radius.pem');
    writeFileSync(other, pem(await issueLeaf(await root(), { subject: 'CN=Other Root' })));
    const target = join(out, 'profiles');
    const run = await runExport(
      [
        `${APP_URL}/certsrv/mscep/mscep.dll`,
        ...['--platform', 'android,windows', '--kind', 'device', '--name-prefix', 'Contoso'],
        ...['--validity', '400d', '--threshold', '35', '--endpoint', 'vpn', '--scep-root', 'root'],
        ...['--wifi', 'Contoso | Wi-Fi', '--radius-server', 'a.example, b.example', '--radius-ca', other],
        ...['--out', target],
      ],
      { chain: await subordinate(), scepPath: '/scep/vpn' },
    );
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    expect(readJson(join(target, '04-windows-device-scep.json'))).toMatchObject({
      displayName: 'Contoso Windows: device certificate',
      scepServerUrls: ['https://skep.example/scep/vpn'],
      certificateValidityPeriodScale: 'days',
      certificateValidityPeriodValue: 400,
      renewalThresholdPercentage: 35,
      'rootCertificate@odata.bind': expect.stringContaining('{id of 01-windows-root.json}') as string,
    });
    expect(readJson(join(target, '05-windows-device-wifi.json'))).toMatchObject({
      ssid: 'Contoso | Wi-Fi',
      trustedServerCertificateNames: ['a.example', 'b.example'],
      'rootCertificatesForServerValidation@odata.bind': [
        expect.stringContaining('{id of 03-windows-radius.json}') as string,
      ],
    });
    expect(existsSync(join(target, '15-android-fully-managed-device-wifi.json'))).toBe(true);
    expect(readFileSync(join(target, 'index.md'), 'utf8')).toContain('Wi-Fi Contoso \\| Wi-Fi (device) |');
  });

  it('does not mix two exports, and touches no other file', async () => {
    const out = temporaryFolder();
    await runExport([APP_URL, '--platform', 'windows,ios', '--out', out]);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const refused = await runExport([APP_URL, '--platform', 'ios', '--out', out]);
    expect([refused.exitCode, refused.err]).toEqual([2, expect.stringContaining('--overwrite') as string]);
    const run = await runExport([
      APP_URL,
      '--platform',
      'ios',
      '--kind',
      'user',
      '--out',
      out,
      '--overwrite',
    ]);
    expect(run.exitCode).toBe(0);
    expect(readdirSync(out)).toEqual([
      '01-ios-root.json',
      '02-ios-user-scep.json',
      'index.md',
      'notes.txt',
      'skep-root.cer',
    ]);
  });
});

describe('wrong usage', () => {
  it.each([
    [['http://skep.example'], 'is no https address'],
    [['ftp://127.0.0.1'], 'is no https address'],
    [['skep.example'], 'is no https address'],
    [[APP_URL, '--platform', 'windows,beos'], 'There is no "beos"'],
    [[APP_URL, '--kind', 'machine'], 'There is no "machine"'],
    [[APP_URL, '--kind', ''], 'Give one or more'],
    [[APP_URL, '--validity', '1 year'], 'Write it as 1y'],
    [[APP_URL, '--validity', '0d'], 'Write it as 1y'],
    [[APP_URL, '--threshold', '100'], 'from 1 to 99'],
    [[APP_URL, '--threshold', '0'], 'from 1 to 99'],
    [[APP_URL, '--endpoint', 'A/B'], 'as in SKEP_ENDPOINTS'],
    [[APP_URL, '--scep-root', 'leaf'], 'Allowed choices'],
    [[APP_URL, '--name-prefix', ' '], 'one line'],
    [[APP_URL, '--wifi', 'x'.repeat(33), '--radius-server', 'r'], 'at most 32 octets'],
    [[APP_URL, '--wifi', 'Contoso'], '--wifi needs --radius-server'],
    [[APP_URL, '--radius-server', 'r.example'], 'belong to --wifi'],
    [[APP_URL, '--wifi', 'a', '--radius-server', 'r', '--radius-ca', '/nowhere'], 'cannot read'],
    [
      [APP_URL, '--wifi', 'a', '--radius-server', 'r', '--radius-ca', import.meta.filename],
      'is not a certificate',
    ],
    [[], 'missing required argument'],
  ])('%j', async (args, message) => {
    const out = join(temporaryFolder(), 'none');
    const run = await runExport([...args, '--out', out]);
    expect([run.exitCode, run.err]).toEqual([2, expect.stringContaining(message) as string]);
    expect(existsSync(out)).toBe(false);
  });
});

describe('an app that is not ready', () => {
  const run = async (fetch: Fetch) => {
    const out = join(temporaryFolder(), 'none');
    const { exitCode, out: text } = await runSkep(['profiles', 'export', APP_URL, '--out', out, '--json'], {
      fetch,
    });
    expect(existsSync(out)).toBe(false);
    return [exitCode, (JSON.parse(text) as { code: string }).code];
  };
  const answering =
    (body: string, status = 200): Fetch =>
    () =>
      Promise.resolve(new Response(body, { status }));

  it('does not answer', async () => {
    expect(await run(offline)).toEqual([1, 'ERR_UNREACHABLE']);
  });

  it('has no CA', async () => {
    expect(await run(answering('no', 503))).toEqual([1, 'ERR_NO_CA']);
  });

  it.each(['<html>sign in</html>', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'is another site: %s',
    async (body) => {
      expect(await run(answering(body))).toEqual([1, 'ERR_NOT_SKEP']);
    },
  );

  it('cannot tell its next CA', async () => {
    const present = pem((await root()).certificate);
    const half: Fetch = (url) =>
      Promise.resolve(
        url.endsWith('/next.pem') ? new Response('busy', { status: 503 }) : new Response(present),
      );
    expect(await run(half)).toEqual([1, 'ERR_NO_CA']);
  });

  it('does not know its root', async () => {
    const [issuer = new Uint8Array()] = await subordinate();
    expect(await run(answering(pem(issuer)))).toEqual([1, 'ERR_CA_CHAIN']);
  });

  it('has an expired CA', async () => {
    const expired = await issueLeaf(await root(), {
      subject: 'CN=Issuing CA',
      notAfter: new Date('2021-01-01T00:00:00Z'),
    });
    const chain = [expired, (await root()).certificate];
    expect(await run(answering(chain.map((der) => pem(der)).join('')))).toEqual([1, 'ERR_CA_EXPIRED']);
  });

  it('has no such SCEP endpoint', async () => {
    const app = { url: APP_URL, scepUrl: `${APP_URL}/elsewhere`, chain: [(await root()).certificate] };
    expect(await run(withApp(app, offline))).toEqual([1, 'ERR_NO_SCEP']);
  });
});
