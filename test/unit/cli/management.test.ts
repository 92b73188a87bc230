import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../../dev/scep-client/index.js';
import { useManagedApp } from './managed-app.js';
import { runSkep } from './run-cli.js';

const app = useManagedApp();

const CERTIFICATE = {
  serialNumber: '4A0F',
  state: 'delivered',
  subject: 'CN=ada\u001b[2J,O=Contoso',
  subjectAltNames: ['dns:a.example'],
  endpoint: 'intune',
  transactionId: 'tx',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2027-01-01T00:00:00.000Z',
  pem: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
};
const REVOKED = {
  ...CERTIFICATE,
  state: 'revoked',
  revocation: { at: '2026-02-01T00:00:00.000Z', reason: 'keyCompromise', by: 'person:object-1' },
};
const ENTRY = {
  at: '2026-01-01T00:00:01.000Z',
  endpoint: 'intune',
  transactionId: 'tx',
  messageType: 'PKCSReq',
  outcome: 'refused',
  code: 'ERR_LINT',
  detail: 'rule x',
  steps: [{ name: 'decode', ms: 1.5 }],
};

/** Answers everything with `answer`. */
function setUp(answer: unknown, status = 200) {
  const calls: { method: string; url: string; body: unknown }[] = [];
  const fetch: Fetch = (url, init) => {
    calls.push({
      method: init.method ?? 'GET',
      url,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    });
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return Promise.resolve(new Response(text, { status }));
  };
  return { calls, run: (...args: string[]) => app.run(fetch, args) };
}

describe('skep revoke, hold, release', () => {
  it('revokes with a reason, signed in by itself', async () => {
    const { calls, run } = setUp({ certificate: REVOKED, changed: true });
    const { exitCode, out } = await run('revoke', '4A0F', '--reason', 'keyCompromise');
    expect([exitCode, out]).toEqual([
      0,
      '4A0F is revoked since 2026-02-01T00:00:00.000Z (keyCompromise), by person:object-1.\n',
    ]);
    expect(calls).toEqual([
      {
        method: 'POST',
        url: 'http://127.0.0.1:1/manage/certificates/4A0F/revoke',
        body: { reason: 'keyCompromise' },
      },
    ]);
  });

  it('says when there was nothing to change', async () => {
    const { run } = setUp({ certificate: REVOKED, changed: false });
    expect((await run('hold', '4A0F')).out).toMatch(/^Nothing to change: 4A0F is revoked/);
  });

  it('releases', async () => {
    const { calls, run } = setUp({ certificate: CERTIFICATE, changed: true });
    expect((await run('release', '4a:0f')).out).toBe('4A0F is delivered and not revoked.\n');
    expect(calls[0]).toMatchObject({
      url: 'http://127.0.0.1:1/manage/certificates/4a%3A0f/release',
      body: undefined,
    });
  });

  it('takes no reason that there is not', async () => {
    const { calls, run } = setUp({});
    expect((await run('revoke', '4A0F', '--reason', 'certificateHold')).exitCode).toBe(2);
    expect((await run('revoke')).exitCode).toBe(2);
    expect(calls).toEqual([]);
  });

  it('prints the answer as JSON', async () => {
    const answer = { certificate: REVOKED, changed: true };
    expect(JSON.parse((await setUp(answer).run('revoke', '4A0F', '--json')).out)).toEqual(answer);
  });
});

describe('skep search, show, journal', () => {
  it('lists what was found, and lets no subject paint the screen', async () => {
    const { calls, run } = setUp({ certificates: [CERTIFICATE], continuation: 'next-1' });
    const { out } = await run('search', '--user', 'ada@example.org', '--limit', '1', '--continuation', 'c');
    expect(out).toBe(
      '4A0F  delivered  2027-01-01  CN=ada\u{FFFD}[2J,O=Contoso\nThere are more: --continuation next-1\n',
    );
    expect(calls[0]?.body).toEqual({ user: 'ada@example.org', limit: 1, continuation: 'c' });
  });

  it('lists what has not ended yet when it is asked for nothing else', async () => {
    const { calls, run } = setUp({ certificates: [] });
    expect((await run('search')).out).toBe('No certificate matches.\n');
    expect(calls[0]?.body).toEqual({ expiresAfter: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown });
  });

  it('shows a certificate with its journal, or the certificate alone', async () => {
    const { calls, run } = setUp({ certificate: CERTIFICATE, journal: [ENTRY] });
    const { out } = await run('show', '4A0F');
    expect(out).toContain('Certificate 4A0F');
    expect(out).toContain('PKCSReq refused');
    expect(out).toContain('ERR_LINT: rule x');
    expect(out).not.toContain('\u001b');
    expect((await run('show', '4A0F', '--pem')).out).toBe(CERTIFICATE.pem);
    expect(calls[0]).toMatchObject({ method: 'GET', url: 'http://127.0.0.1:1/manage/certificates/4A0F' });
  });

  it('reads the journal', async () => {
    const { calls, run } = setUp({ entries: [ENTRY] });
    expect((await run('journal', '--device', 'd')).out).toContain('decode 1.5 ms');
    await run('journal');
    await run('journal', '--until', '2026-03-01');
    expect(calls.map(({ body }) => body)).toEqual([
      { deviceId: 'd' },
      { from: '2000-01-01' },
      { until: '2026-03-01' },
    ]);
  });
});

describe('management that fails', () => {
  it('repeats the app’s reason and adds the remedy', async () => {
    const refusal = { code: 'ERR_HTTP_BODY', message: 'The body is wrong.', detail: 'state: expected' };
    const { exitCode, err } = await setUp(refusal, 400).run('search', '--subject', 'x');
    expect(exitCode).toBe(1);
    expect(err).toContain('Failed: The body is wrong. (state: expected)');
    expect(err).toContain('Next: ');
    const { out } = await setUp(refusal, 400).run('search', '--subject', 'x', '--json');
    expect(JSON.parse(out)).toMatchObject({ status: 'error', code: 'ERR_HTTP_BODY' });
  });

  it.each([
    ['a page of somebody else', '<html>', 404, 'ERR_NOT_SKEP'],
    ['another version', { certificates: 'many' }, 200, 'ERR_ANSWER'],
  ])('is %s', async (_name, answer, status, code) => {
    const { out } = await setUp(answer, status).run('search', '--json');
    expect(JSON.parse(out)).toMatchObject({ code });
  });

  it.each([
    [
      ['show', '4A0F'],
      ['--url and --audience', 'SKEP_URL and SKEP_API_AUDIENCE'],
    ],
    [['audit'], ['--url and --audience', 'SKEP_URL and SKEP_API_AUDIENCE']],
    [
      ['ca', 'show'],
      ['--vault, --blobs and --tables', 'SKEP_VAULT_URL, SKEP_BLOBS_URL and SKEP_TABLES_URL'],
    ],
    [['doctor'], ['SKEP_URL']],
    [['enroll', '--static', '--challenge', 'x', '--subject', 'CN=x'], ['--url']],
  ])('finds no local cloud, and says how to name an app instead: %j', async (args, words) => {
    const { out } = await runSkep([...args, '--json'], { env: { SKEP_DATA_DIR: '/nowhere' } });
    const failure = JSON.parse(out) as { code: string; next: string };
    expect(failure.code).toBe('ERR_NOT_RUNNING');
    for (const word of [...words, 'npm start']) expect(failure.next).toContain(word);
  });

  it('gets no token', async () => {
    const { out } = await runSkep(['show', '4A0F', '--json'], { env: { SKEP_DATA_DIR: app.folder } });
    expect(JSON.parse(out)).toMatchObject({ code: 'ERR_SIGN_IN' });
    expect(out).not.toContain('secret-1');
  });

  it.each([
    ['--url', 'https://skep.example'],
    ['--url', 'http://skep.example', '--audience', 'api://skep'],
    ['--url', 'skep', '--audience', 'api://skep'],
  ])('is asked for wrongly: %j', async (...args) => {
    expect((await setUp({}).run('show', '4A0F', ...args)).exitCode).toBe(2);
  });

  it('takes the app from the environment', async () => {
    const asked: string[] = [];
    const fetch: Fetch = (url) => {
      asked.push(url);
      return Promise.resolve(new Response('', { status: 404 }));
    };
    const env = { SKEP_DATA_DIR: app.folder, SKEP_URL: 'https://skep.example/', SKEP_API_AUDIENCE: '' };
    // The head of the issuance log is public, so nobody signs in.
    await runSkep(['audit', 'verify'], { env, fetch });
    expect(asked).toEqual(['https://skep.example/log/head']);
    const unsaid = await runSkep(['show', '4A0F'], { env });
    expect([unsaid.exitCode, unsaid.err]).toEqual([2, expect.stringContaining('--url needs --audience')]);
    const plain = await runSkep(['show', '4A0F'], {
      env: { ...env, SKEP_URL: 'http://skep.example', SKEP_API_AUDIENCE: 'one two' },
    });
    expect([plain.exitCode, plain.err]).toEqual([2, expect.stringContaining('SKEP_URL')]);
  });
});
