import { beforeAll, describe, expect, it } from 'vitest';
import { respondingWeb } from '../../../dev/web-response.js';
import { SkepError } from '../../../lib/base/errors.js';
import type { HealthSource } from '../../../lib/http/health.js';
import { createStatusHandler, type StatusOptions } from '../../../lib/http/status.js';
import type { JournalEntry } from '../../../lib/journal/recorder.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const SECRET = 'role 9a5d68dd is missing';
let ca: TestAuthority;

beforeAll(async () => {
  ca = await testAuthority('ec');
});

const check = (name: string, ok: boolean): HealthSource => ({
  name,
  run: () => Promise.resolve({ ok, text: `${name} <speaks>.`, remedy: 'Grant & wait.', detail: [SECRET] }),
});

const FAILED: JournalEntry = {
  at: new Date('2026-03-02T11:00:00Z'),
  endpoint: 'intune',
  transactionId: 'somebody-elses',
  messageType: 'PKCSReq',
  outcome: 'refused',
  code: 'ERR_INTUNE_EXPIRED',
  subject: 'CN=somebody-else',
  steps: [],
};

async function open(changes: Partial<StatusOptions> = {}, authorization?: string) {
  const handle = respondingWeb(
    createStatusHandler({
      checks: [check('Intune', true), check('Store', true)],
      authority: () => Promise.resolve(ca.authority),
      version: '1.2.3',
      scepUrls: [{ name: 'intune', url: 'https://ca.example/certsrv/mscep/mscep.dll' }],
      journal: { search: () => Promise.resolve({ entries: [FAILED] }) },
      clock: { now: () => NOW },
      verify: (header, role) =>
        header === `Bearer ${role}`
          ? Promise.resolve({ id: 'ada', appId: undefined, name: undefined, roles: [role] })
          : Promise.reject(new SkepError('ERR_CALLER_UNAUTHENTICATED')),
      ...changes,
    }),
  );
  const headers = authorization === undefined ? {} : { authorization };
  const response = await handle(new Request('https://ca.example/', { headers }));
  return { response, html: await response.text() };
}

describe('the status page', () => {
  it('shows state, addresses, certificates and downloads', async () => {
    const { response, html } = await open();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const shown of [
      '<h1 class="good">Skep issues certificates</h1>',
      '<code>https://ca.example/certsrv/mscep/mscep.dll</code>',
      'CN=Skep Test EC CA,O=Skep',
      'CN=Skep Test RA,O=Skep',
      '2049-01-01 00:00 UTC</time>, 8340 days left',
      'href="ca/ca.cer"',
      'href="ca/ca.pem"',
      'href="ca/ca.mobileconfig"',
      'href="crl/ca.crl"',
      'Skep 1.2.3',
    ])
      expect(html).toContain(shown);
  });

  it('shows the CA that follows, with its download, once it is announced', async () => {
    expect((await open()).html).not.toContain('ca/next.cer');
    const next = (await testAuthority('rsa')).authority.issuer.certificate;
    const { html } = await open({ authority: () => Promise.resolve({ ...ca.authority, next: [next] }) });
    expect(html).toContain('CN=Skep Test RSA CA,O=Skep');
    expect(html).toContain('href="ca/next.cer"');
  });

  it('says first that something is wrong', async () => {
    const { html } = await open({ checks: [check('Intune', false), check('Store', true)] });
    expect(html).toContain('<h1 class="bad">Skep needs attention</h1>');
    expect(html).toContain('<strong class="bad">Needs attention</strong>');
    expect(html).toContain('Grant &amp; wait.');
  });

  it('escapes whatever it shows', async () => {
    const { html } = await open();
    expect(html).toContain('Intune &lt;speaks&gt;.');
    expect(html).not.toContain('<speaks>');
  });

  it('loads nothing, runs nothing, and is kept by nobody', async () => {
    const { response, html } = await open();
    expect(html).not.toMatch(/<script|<link|<img|\bsrc=|\bon\w+=|url\(|@import/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is there without a CA, and in CA mode without an RA', async () => {
    const missing = await open({ authority: () => Promise.reject(new SkepError('ERR_AUTHORITY_MISSING')) });
    expect(missing.html).toContain('ERR_AUTHORITY_MISSING: there is no CA certificate to show.');
    const caMode = await open({ authority: () => Promise.resolve({ ...ca.authority, mode: 'ca' }) });
    expect(caMode.html).not.toContain('registration authority');
  });
});

describe('what only people who run the app may see', () => {
  it('is hidden from anonymous visitors', async () => {
    const { html } = await open({ checks: [check('Intune', false)] });
    expect(html).not.toContain(SECRET);
    expect(html).not.toContain('ERR_INTUNE_EXPIRED');
    expect(html).toContain('skep status');
  });

  it('is shown to callers with the role: details, and failures by their cause', async () => {
    const { html } = await open({}, 'Bearer Certificates.Read');
    expect(html).toContain(SECRET);
    expect(html).toContain('<code>ERR_INTUNE_EXPIRED</code>');
    expect(html).toContain('The challenge is older than its hour.');
    expect(html).toContain('UTC</time>: 0.');
    // Whose request it was stands in the journal.
    expect(html).not.toContain('somebody-else');
  });

  it('says that nothing failed, and that a storm was not counted whole', async () => {
    const calm = { search: () => Promise.resolve({ entries: [] }) };
    expect((await open({ journal: calm }, 'Bearer Certificates.Read')).html).toContain('None failed.');
    const storm = {
      search: () =>
        Promise.resolve({ entries: Array(500).fill(FAILED) as JournalEntry[], continuation: 'x' }),
    };
    expect((await open({ journal: storm }, 'Bearer Certificates.Read')).html).toContain(
      'There were more than are counted here',
    );
  });

  it('is no reason for the page to fail when the journal is away', async () => {
    const journal = { search: () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE')) };
    const { response, html } = await open({ journal }, 'Bearer Certificates.Read');
    expect(response.status).toBe(200);
    expect(html).toContain(SECRET);
  });

  it('is refused, not shortened, for a token that will not do', async () => {
    expect((await open({}, 'Bearer Other.Role')).response.status).toBe(401);
  });

  it('is nobody’s where no audience is set', async () => {
    const handle = createStatusHandler({
      checks: [check('Intune', true)],
      authority: () => Promise.resolve(ca.authority),
      version: '1',
      scepUrls: [],
      journal: { search: () => Promise.reject(new SkepError('ERR_STATE')) },
      clock: { now: () => NOW },
    });
    const answer = await handle(
      new Request('https://ca.example/', { headers: { authorization: 'Bearer Certificates.Read' } }),
    );
    expect(answer.status).toBe(200);
    expect(Buffer.from(answer.body).toString()).not.toContain(SECRET);
  });
});
