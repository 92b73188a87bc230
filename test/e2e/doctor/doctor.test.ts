/**
 * `skep doctor` against the local cloud behind a front server: green as it is, and with one thing wrong at a time, each
 * of which must be found and named. The faults are real: other TLS, other certificates, other bytes.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../lib/base/random.js';
import { OID } from '../../../dev/scep-client/index.js';
import type { CheckId } from '../../../cli/doctor/questions.js';
import type { FaultId } from '../../../cli/doctor/faults.js';
import { startLocalCloudProcess, type LocalCloudProcess } from '../../support/local-cloud.js';
import { runSkep } from '../../unit/cli/run-cli.js';
import { createForger, type Forger, type RaChanges } from './forgeries.js';
import { renegotiate, startFront, withBody, type Fault, type Front, type FrontAnswer } from './front.js';

const SECRET = 'secret123';
const SCEP = '/certsrv/mscep/mscep.dll';
const folder = mkdtempSync(join(tmpdir(), 'skep-doctor-'));
const trusted = join(folder, 'front.pem');

let front: Front;
let cloud: LocalCloudProcess;
let forger: Forger;
let https: string;

beforeAll(async () => {
  front = await startFront();
  writeFileSync(trusted, front.identity.certificate);
  // Certificates name the front, as they name a gateway's address in real life.
  cloud = await startLocalCloudProcess({ SKEP_STATIC_CHALLENGE: SECRET, SKEP_PUBLIC_URL: front.url });
  front.app = new URL(cloud.ready.status).origin;
  forger = createForger(cloud.keysDir, systemRandom);
  https = await front.listenTls();
});
afterEach(() => {
  front.fault = undefined;
});
afterAll(async () => {
  await front.close();
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

interface Row {
  readonly id: CheckId;
  readonly state: string;
  readonly fault?: FaultId;
  readonly found?: string;
  readonly remedy?: string;
  readonly hresult?: string;
  readonly because?: string;
}

async function diagnose(url: string, options: readonly string[] = [], env: Record<string, string> = {}) {
  const args = ['doctor', url, '--public-url', front.url, '--ca', trusted, '--json', ...options];
  const { exitCode, out, err } = await runSkep(args, { env, fetch });
  const report = JSON.parse(out) as { status: string; next?: Row; checks: Row[] };
  const row = (id: CheckId): Row | undefined => report.checks.find((check) => check.id === id);
  return { exitCode, err, out, row, ...report };
}

describe('skep doctor on a sound server', () => {
  it('is green over TLS without signing in, and says what it could not look at', async () => {
    const { exitCode, err, status, next, row } = await diagnose(`${https}${SCEP}/pkiclient.exe`);
    expect([status, next, err, exitCode]).toEqual(['green', undefined, '', 0]);
    expect(row('tls')).toMatchObject({ state: 'good', found: 'TLSv1.2' });
    expect(row('request-windows')?.found).toContain('badRequest');
    expect(row('ca-thumbprint')?.found).toContain(forger.ca.thumbprint);
    expect(row('rights')?.because).toContain('--audience');
    expect(row('enroll-windows')?.because).toContain('--static-challenge');
  });

  it('enrolls as each platform, asks OCSP and CRL, shows the roles, and leaves nothing behind', async () => {
    const env = { SKEP_DATA_DIR: cloud.dataDir, SKEP_STATIC_CHALLENGE: SECRET };
    const { exitCode, out, err } = await runSkep(['doctor', '--json'], { env, fetch });
    const { checks } = JSON.parse(out) as { checks: Row[] };
    expect([exitCode, err]).toEqual([0, '']);
    const states = Object.fromEntries(checks.map(({ id, state }) => [id, state]));
    for (const id of [
      'enroll-windows',
      'enroll-android',
      'enroll-apple',
      'issued-ocsp',
      'issued-crl',
    ] as const)
      expect([id, states[id]]).toEqual([id, 'good']);
    expect(checks.find(({ id }) => id === 'rights')?.found).toContain('scep_challenge_provider');
    expect(out).not.toContain(SECRET);

    const found = await runSkep(['search', '--subject', 'CN=skep-doctor-', '--json'], { env, fetch });
    const { certificates } = JSON.parse(found.out) as { certificates: { state: string }[] };
    expect(certificates.map(({ state }) => state)).toEqual(['revoked', 'revoked', 'revoked']);
  });

  it('names serial numbers and commands when nobody is signed in', async () => {
    const { exitCode, status, next } = await diagnose(`${https}${SCEP}`, ['--static-challenge', SECRET]);
    expect([status, exitCode, next?.id]).toEqual(['attention', 4, 'left-behind']);
    const [, serial = ''] = /skep revoke ([0-9A-F]{40}) --reason/.exec(next?.remedy ?? '') ?? [];
    const env = { SKEP_DATA_DIR: cloud.dataDir };
    const revoked = await runSkep(['revoke', serial, '--reason', 'superseded'], { env, fetch });
    expect([revoked.exitCode, revoked.out]).toEqual([0, expect.stringContaining(serial)]);
  });

  it('prints the one thing to do first, for people', async () => {
    front.fault = () => ({ status: 404, headers: { 'content-length': '0' }, body: new Uint8Array() });
    const { out, exitCode } = await runSkep(['doctor', `${https}${SCEP}`, '--ca', trusted], { fetch });
    expect(exitCode).toBe(3);
    expect(out).toMatch(/^Broken: .*\[path\]\n.*\n.*\n.*\n.*0x80190194.*\nNext: Compare the URL/);
    expect(out).toContain('not looked at');
  });
});

interface FaultCase {
  readonly name: string;
  readonly check: CheckId;
  readonly expected: FaultId;
  readonly hresult?: string;
  readonly fault?: Fault;
  readonly tls?: ServerOptions;
  /** Default: none. */
  readonly options?: readonly string[];
  readonly found?: string;
}

const alter =
  (when: RegExp, change: (answer: FrontAnswer) => FrontAnswer | Promise<FrontAnswer>): Fault =>
  async ({ target }, next) =>
    when.test(target) ? change(await next()) : next();

const text = (body: string, type: string, status = 200): FrontAnswer => ({
  status,
  headers: { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) },
  body: Buffer.from(body),
});

const withHeaders = (answer: FrontAnswer, headers: Readonly<Record<string, string>>): FrontAnswer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

/** The same forgery at every question. */
const forgedRa = (changes: RaChanges): Fault => {
  let forged: Promise<Uint8Array> | undefined;
  return alter(/GetCACert/, async (answer) =>
    withBody(answer, await (forged ??= forger.caCertificates(changes))),
  );
};

const withoutWord = (word: string): Fault =>
  alter(/GetCACaps/, (answer) =>
    withBody(
      answer,
      Buffer.from(
        Buffer.from(answer.body)
          .toString()
          .replaceAll(new RegExp(`^(${word})\n`, 'gm'), ''),
      ),
    ),
  );

const withoutLength = ({ headers, ...answer }: FrontAnswer): FrontAnswer => {
  const { 'content-length': _length, ...rest } = headers;
  return { ...answer, headers: rest };
};

const CASES: readonly FaultCase[] = [
  {
    name: 'TLS 1.3 only',
    check: 'tls',
    expected: 'tls-1.3-only',
    hresult: '0x80072F8F',
    tls: { minVersion: 'TLSv1.3' },
  },
  {
    name: 'a client certificate requested',
    check: 'tls-client-certificate',
    expected: 'client-certificate-requested',
    hresult: '0x80072F78',
    tls: { requestCert: true, rejectUnauthorized: false },
  },
  {
    name: 'a client certificate requested late',
    check: 'tls-client-certificate',
    expected: 'client-certificate-late',
    hresult: '0x80072F78',
    tls: { maxVersion: 'TLSv1.2' },
    fault: async ({ socket }, next) => {
      await renegotiate(socket);
      return next();
    },
  },
  {
    name: 'a redirect to a sign-in page',
    check: 'redirect',
    expected: 'redirected',
    hresult: '0x8019012E',
    fault: () => ({
      status: 302,
      headers: { location: 'https://login.example/', 'content-length': '0' },
      body: new Uint8Array(),
    }),
    found: 'https://login.example/',
  },
  {
    name: '/pkiclient.exe missing',
    check: 'path',
    expected: 'suffix-missing',
    hresult: '0x80190194',
    fault: ({ target }, next) => (target.includes('pkiclient.exe') ? text('no', 'text/plain', 404) : next()),
  },
  {
    name: 'no endpoint at all',
    check: 'path',
    expected: 'path-missing',
    hresult: '0x80190194',
    fault: () => text('no', 'text/plain', 404),
  },
  {
    name: 'a firewall’s 403',
    check: 'path',
    expected: 'path-refused',
    hresult: '0x80190193',
    fault: () => text('no', 'text/plain', 403),
  },
  {
    name: 'an HTML answer',
    check: 'web-page',
    expected: 'html-answer',
    hresult: '0x800700CE',
    fault: () => text('<!doctype html><title>Sign in</title>', 'text/html'),
    found: '“Sign in”',
  },
  {
    name: 'a path of one letter case',
    check: 'path-variants',
    expected: 'path-variant',
    fault: ({ target }, next) =>
      /[A-Z]{5}/.test(target.split('?')[0] ?? '') ? text('no', 'text/plain', 404) : next(),
  },
  {
    name: 'POSTPKIOperation missing',
    check: 'capabilities',
    expected: 'capability-missing',
    fault: withoutWord('POSTPKIOperation|SCEPStandard'),
  },
  {
    name: 'GetCACert that depends on the identifier',
    check: 'ca-identifier',
    expected: 'ca-identifier-matters',
    fault: alter(/GetCACert&message=ca$/, () => text('no such CA', 'text/plain', 404)),
  },
  {
    name: 'a profile that pins another CA',
    check: 'ca-thumbprint',
    expected: 'ca-thumbprint-other',
    hresult: '0x80091007',
    options: ['--thumbprint', 'AB'.repeat(20)],
  },
  {
    name: 'an RA certificate without keyEncipherment',
    check: 'ra-key-usage',
    expected: 'ra-key-usage',
    hresult: '0x8010002C',
    fault: forgedRa({ usages: ['digitalSignature'] }),
  },
  {
    name: 'an RA certificate for TLS clients',
    check: 'ra-extended-key-usage',
    expected: 'ra-extended-key-usage',
    hresult: '0x8010002C',
    fault: forgedRa({ purposes: [OID.clientAuth] }),
  },
  {
    name: 'an RA certificate that another CA signed',
    check: 'ra-issuer',
    expected: 'ra-stranger',
    hresult: '0x8010002C',
    fault: forgedRa({ signer: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }),
  },
  {
    name: 'an expired RA certificate',
    check: 'ra-validity',
    expected: 'ra-expired',
    hresult: '0x800B0101',
    fault: forgedRa({ notAfter: new Date(Date.now() - 86_400_000) }),
  },
  {
    name: 'a proxy that damages bodies',
    check: 'request-windows',
    expected: 'request-no-scep',
    hresult: '0x8009310B',
    fault: alter(/PKIOperation/, (answer) => withBody(answer, Buffer.from('busy'))),
  },
  {
    name: 'a limit on the length of URLs',
    check: 'request-apple',
    expected: 'get-refused',
    hresult: '0x8019019E',
    fault: ({ target }, next) => (target.length > 2048 ? text('too long', 'text/plain', 414) : next()),
  },
  {
    name: 'a Content-Type with a charset',
    check: 'answer-headers',
    expected: 'content-type',
    fault: alter(/PKIOperation/, (answer) =>
      withHeaders(answer, { 'content-type': 'application/x-pki-message; charset=utf-8' }),
    ),
    found: 'charset',
  },
  {
    name: 'answers in chunks',
    check: 'answer-headers',
    expected: 'content-length',
    fault: alter(/PKIOperation/, withoutLength),
  },
  {
    name: 'a clock that is off by two hours',
    check: 'clock',
    expected: 'clock-off',
    hresult: '0x800B0101',
    fault: alter(/./, (answer) =>
      withHeaders(answer, { date: new Date(Date.now() + 7_200_000).toUTCString() }),
    ),
    found: 'ahead',
  },
  {
    name: 'OCSP down',
    check: 'ocsp',
    expected: 'ocsp-unreachable',
    hresult: '0x80092013',
    fault: ({ target }, next) => (target.startsWith('/ocsp') ? text('no', 'text/plain', 503) : next()),
  },
  {
    name: 'OCSP over https only',
    check: 'ocsp',
    expected: 'ocsp-unreachable',
    fault: ({ target }, next) =>
      target.startsWith('/ocsp')
        ? withHeaders(text('', 'text/plain', 301), { location: 'https://skep.example/ocsp' })
        : next(),
    found: 'HTTP 301 to https://skep.example/ocsp',
  },
  {
    name: 'a stale CRL',
    check: 'crl',
    expected: 'crl-stale',
    hresult: '0x80092013',
    fault: alter(/^\/crl/, async (answer) => withBody(answer, await forger.staleCrl())),
    found: 'number 7',
  },
  {
    name: 'an app that is ill',
    check: 'health',
    expected: 'unhealthy',
    fault: alter(/^\/health/, () => {
      const parts = [
        { name: 'Intune', ok: false, text: 'Intune does not accept this app yet.', remedy: 'Grant.' },
      ];
      return text(JSON.stringify({ ok: false, version: '1', parts }), 'application/json', 503);
    }),
    found: 'Intune does not accept',
  },
  {
    name: 'a CertRep with the CA beside the certificate',
    check: 'enroll-windows',
    expected: 'not-one-certificate',
    hresult: '0x80092009',
    options: ['--static-challenge', SECRET],
    fault: async ({ target, body }, next) =>
      /^\/static.*PKIOperation/.test(target)
        ? withBody(await next(), await forger.answerWithTwo(body))
        : next(),
    found: '2 certificates',
  },
  {
    name: 'a challenge that is wrong',
    check: 'enroll-windows',
    expected: 'enroll-refused',
    options: ['--static-challenge', 'wrong'],
  },
];

describe('skep doctor with one thing wrong', () => {
  it.each(CASES)('finds $name', async ({ check, expected, hresult, fault, tls, options, found }) => {
    const url = tls ? await front.listenTls(tls) : https;
    front.fault = fault;
    const { exitCode, status, next } = await diagnose(`${url}${SCEP}`, options);
    expect([next?.id, next?.fault, status, exitCode]).toEqual([check, expected, 'broken', 3]);
    if (hresult !== undefined) expect(next?.hresult).toBe(hresult);
    if (found !== undefined) expect(next?.found).toContain(found);
  });

  it('finds a server’s certificate that nobody trusts, and sends nothing', async () => {
    const seen: string[] = [];
    front.fault = ({ target }, next) => {
      seen.push(target);
      return next();
    };
    const { out, exitCode } = await runSkep(['doctor', `${https}${SCEP}`, '--json'], { fetch });
    expect(JSON.parse(out)).toMatchObject({
      next: { id: 'tls-trust', fault: 'certificate-untrusted', hresult: '0x80072F8F' },
    });
    expect([exitCode, seen]).toEqual([3, []]);
  });
});
