import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFakeAuthority,
  createFakeServer,
  type FakeAuthority,
  type FakeServerOptions,
} from '../scep-client/fake-scep-server.js';
import { runSkep } from './run-cli.js';

const URL_ = 'http://127.0.0.1/static';
const SECRET = 'correct-horse';
const folder = mkdtempSync(path.join(tmpdir(), 'skep-enroll-'));
const file = (...parts: string[]) => path.join(folder, ...parts);

let authority: FakeAuthority;
beforeAll(async () => {
  authority = await createFakeAuthority();
  writeFileSync(file('challenge'), `${SECRET}\n`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const asked = (name: string, ...more: string[]) => [
  'enroll',
  ...['--url', URL_, '--challenge', SECRET, '--subject', `CN=${name},O=Contoso`, '--out', file(name)],
  ...more,
];
const setUp = (options: FakeServerOptions = {}) => createFakeServer(authority, options);

describe('skep enroll', () => {
  it('tells its steps, saves the files and never prints the challenge', async () => {
    const server = setUp();
    const { exitCode, out, err } = await runSkep(
      asked('one', '--dns', 'a.example', '--dns', 'b.example', '--upn', 'u@x'),
      server,
    );
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('The CA is CN=Fake CA');
    expect(out).toContain('a challenge of 13 characters');
    expect(out).toContain('Issued: CN=one,O=Contoso by CN=Fake CA');
    expect(out).not.toContain(SECRET);
    expect(server.requests[0]).toMatchObject({
      challenge: SECRET,
      subjectAltNames: [
        { type: 'dns', value: 'a.example' },
        { type: 'dns', value: 'b.example' },
        { type: 'upn', value: 'u@x' },
      ],
    });
    expect(readdirSync(file('one')).toSorted()).toEqual(['ca.pem', 'certificate.pem', 'key.pem']);
    expect(statSync(file('one', 'key.pem')).mode & 0o777).toBe(0o600);
    const certificate = new X509Certificate(readFileSync(file('one', 'certificate.pem')));
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(file('one', 'key.pem'))))).toBe(true);
    expect(certificate.verify(new X509Certificate(readFileSync(file('one', 'ca.pem'))).publicKey)).toBe(true);
  });

  it('prints one JSON object, and keeps what was there', async () => {
    const args = asked('one', '--json', '--get', '--digest', 'sha512', '--cipher', 'aes256');
    const server = setUp();
    const { exitCode, out } = await runSkep(args, server);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'issued',
      certificate: { subject: 'CN=one,O=Contoso', serialNumber: '900DCAFE' },
      files: { key: file('one', 'key.pem') },
    });
    expect(server.log[2]).toMatch(/^GET .*operation=PKIOperation/);
    expect(server.messages[0]?.signer.digest).toBe('sha512');
    expect(readdirSync(file('one'))).toContain('key.pem.old');
  });

  it('renews with the saved pair, without a challenge', async () => {
    const server = setUp();
    const pair = ['--cert', file('one', 'certificate.pem'), '--key', file('one', 'key.pem')];
    const { exitCode, out } = await runSkep(
      ['enroll', '--url', URL_, '--renew', ...pair, '--out', file('renewed')],
      server,
    );
    expect(exitCode).toBe(0);
    expect(out).toContain('Asking to renew the certificate 900DCAFE');
    expect(server.messages[0]?.messageTypeName).toBe('RenewalReq');
    expect(server.requests[0]).toMatchObject({ subject: 'CN=one,O=Contoso', challenge: undefined });
  });

  it('takes the challenge from a file or the environment', async () => {
    const base = ['enroll', '--url', URL_, '--subject', 'CN=x', '--out', file('env')];
    const server = setUp();
    await runSkep([...base, '--challenge-file', file('challenge')], server);
    await runSkep(base, { ...server, env: { SKEP_CHALLENGE: SECRET } });
    expect(server.requests.map(({ challenge }) => challenge)).toEqual([SECRET, SECRET]);
  });

  it('finds the local cloud', async () => {
    const server = setUp();
    const args = ['enroll', '--static', '--subject', 'CN=x', '--out', file('local')];
    const env = { SKEP_DATA_DIR: folder, SKEP_STATIC_CHALLENGE: SECRET };
    expect(await runSkep(args, { ...server, env })).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('npm start') as string,
    });
    const ready = (url: string | null) => {
      writeFileSync(
        file('ready.json'),
        JSON.stringify({ scep: { intune: 'http://127.0.0.1/i', static: url } }),
      );
    };
    ready(null);
    expect((await runSkep(args, { ...server, env })).err).toContain('SKEP_STATIC_CHALLENGE');
    ready(URL_);
    expect((await runSkep(args, { ...server, env })).exitCode).toBe(0);
    expect(server.log[0]).toBe('GET /static?operation=GetCACaps');
  });
});

describe('skep enroll fails', () => {
  it('with the server’s reason and advice', async () => {
    const answer = () =>
      ({
        pkiStatus: 'FAILURE',
        failInfo: 'badRequest',
        failInfoText: 'not you',
        envelope: new Uint8Array(),
      }) as const;
    const { exitCode, err } = await runSkep(asked('refused'), setUp({ answer }));
    expect(exitCode).toBe(1);
    expect(err).toContain('badRequest');
    expect(err).toContain('not you');
    expect(err).toMatch(/Next: .*challenge/);
    expect(err).not.toContain(SECRET);
    const { out } = await runSkep(asked('refused', '--json'), setUp({ answer }));
    expect(JSON.parse(out)).toMatchObject({ status: 'error', code: 'badRequest' });
  });

  it('when there is no server', async () => {
    const { exitCode, err } = await runSkep(asked('nobody'));
    expect(exitCode).toBe(1);
    expect(err).toContain(`Nobody answers at ${URL_}.`);
    expect(err).toContain('(no connection)');
    expect(err).toContain('GetCACaps');
    expect(err).not.toContain('TypeError');
  });

  it.each([
    [{ code: 'ECONNREFUSED' }, '(ECONNREFUSED)'],
    [{}, '(bad port)'],
  ])('when the connection fails: %j', async (more, words) => {
    const cause = Object.assign(new Error('bad port'), more);
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    expect((await runSkep(asked('nobody'), { fetch })).err).toContain(words);
  });
});

describe('wrong usage', () => {
  const base = ['--url', URL_, '--challenge', SECRET];
  it.each<[string, string[], string]>([
    ['no server', ['--challenge', SECRET, '--subject', 'CN=x'], '--url'],
    ['two servers', [...base, '--static', '--subject', 'CN=x'], 'exclude'],
    ['no URL', ['--url', 'host/path', '--challenge', SECRET, '--subject', 'CN=x'], 'not a URL'],
    ['no challenge', ['--url', URL_, '--subject', 'CN=x'], 'SKEP_CHALLENGE'],
    ['no subject', base, '--subject'],
    ['a bad subject', [...base, '--subject', 'my-device'], 'Write it as --subject "CN=my-device".'],
    ['a part that is no name', [...base, '--subject', 'CN=x,my-device'], '"my-device" has no ='],
    ['an unknown attribute', [...base, '--subject', 'SHOE=x'], 'name attribute "SHOE"'],
    ['a bad address', [...base, '--subject', 'CN=x', '--ip', '10.0.0'], 'IP address'],
    ['a small key', [...base, '--subject', 'CN=x', '--key-size', '512'], '2048'],
    ['an unknown digest', [...base, '--subject', 'CN=x', '--digest', 'sha3'], 'sha256'],
    ['a renewal without its pair', ['--url', URL_, '--renew'], '--cert'],
    ['a pair without renewal', [...base, '--subject', 'CN=x', '--key', 'k.pem'], '--renew'],
    ['an unknown option', [...base, '--nope'], '--nope'],
  ])('%s', async (_, args, words) => {
    const { exitCode, err, out } = await runSkep(['enroll', ...args], setUp());
    expect(exitCode).toBe(2);
    expect(err).toContain(words);
    expect(err + out).not.toContain(SECRET);
  });

  it('of no command at all shows the help', async () => {
    expect((await runSkep(['nope'])).exitCode).toBe(2);
    expect(await runSkep(['--help'])).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('enroll') as string,
    });
  });
});
