import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import type { BearerVerifier } from '../../../lib/http/bearer.js';
import { createManagementHandler } from '../../../lib/http/manage.js';
import type { JournalEntry, JournalPage, JournalQuery } from '../../../lib/journal/recorder.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import { respondingWeb } from '../../../dev/web-response.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';
import { createTestClock, createTestLogger, deliver, reserve } from '../revocation/fixtures.js';

let ca: TestAuthority;
beforeAll(async () => {
  ca = await testAuthority('ec');
});

const ENTRY: JournalEntry = {
  at: new Date('2026-03-01T10:00:00Z'),
  endpoint: 'intune',
  transactionId: 'tx',
  messageType: 'PKCSReq',
  outcome: 'issued',
  steps: [{ name: 'decode', ms: 1.5 }],
};

/** Takes the roles for the token. */
const verify: BearerVerifier = (authorization, role) => {
  const roles = authorization?.split(' ');
  if (!roles) return Promise.reject(new SkepError('ERR_CALLER_UNAUTHENTICATED'));
  if (!roles.includes(role)) return Promise.reject(new SkepError('ERR_CALLER_FORBIDDEN'));
  return Promise.resolve({ id: 'object-1', appId: 'app-1', name: 'ada@example.org', roles });
};

function setUp() {
  const store = createMemoryStore();
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const queries: JournalQuery[] = [];
  const page: JournalPage = { entries: [ENTRY], continuation: 'more' };
  const handle = respondingWeb(
    createManagementHandler({
      verify,
      certificates: store,
      revoker: createRevoker({
        store,
        ocsp: { invalidate: () => undefined },
        crl: { publish: () => Promise.resolve() },
        clock,
        logger,
      }),
      journal: {
        search: (query) => {
          queries.push(query);
          return Promise.resolve(page);
        },
      },
      ledger: {
        read: (from, limit) => Promise.resolve([`line ${from}`, `limit ${limit}`]),
      },
      health: [
        {
          name: 'Intune',
          run: () =>
            Promise.resolve({ ok: false, text: 'No.', remedy: 'Grant it.', detail: ['lacks a role'] }),
        },
      ],
      version: '1.2.3',
      clock,
      logger,
    }),
  );
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    authorization: string | null = 'Certificates.Read Certificates.Revoke',
  ) => {
    const response = await handle(
      path,
      new Request(`https://skep.test/manage/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(authorization === null ? {} : { headers: { authorization } }),
      }),
    );
    const { status, headers } = response;
    return { status, headers, json: (await response.json()) as Record<string, unknown> };
  };
  return { store, clock, lines, queries, call };
}

describe('management: who may', () => {
  it.each([
    ['POST', 'log/read', 'Certificates.Read'],
    ['POST', 'certificates/search', 'Certificates.Read'],
    ['GET', 'certificates/4A0F', 'Certificates.Read'],
    ['POST', 'journal/search', 'Certificates.Read'],
    ['POST', 'certificates/4A0F/revoke', 'Certificates.Revoke'],
    ['POST', 'certificates/4A0F/hold', 'Certificates.Revoke'],
    ['POST', 'certificates/4A0F/release', 'Certificates.Revoke'],
  ])('%s %s needs %s', async (method, path, role) => {
    const { call } = setUp();
    const body = method === 'POST' ? { state: 'issued' } : undefined;
    expect(await call(method, path, body, null)).toMatchObject({ status: 401 });
    const other = role === 'Certificates.Read' ? 'Certificates.Revoke' : 'Certificates.Read';
    expect(await call(method, path, body, other)).toMatchObject({
      status: 403,
      json: { code: 'ERR_CALLER_FORBIDDEN' },
    });
    expect([200, 400, 404]).toContain((await call(method, path, body, role)).status);
  });

  it('says how to sign in', async () => {
    expect(
      (await setUp().call('GET', 'certificates/4A0F', undefined, null)).headers.get('www-authenticate'),
    ).toBe('Bearer');
  });
});

describe('management: looking', () => {
  it('shows a certificate with its journal', async () => {
    const { store, queries, call } = setUp();
    const { serialNumber, certificate } = await deliver(store, ca, { subject: 'CN=ada' });
    const { status, json, headers } = await call('GET', `certificates/${serialNumber.toLowerCase()}`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(json).toMatchObject({
      certificate: {
        serialNumber,
        state: 'delivered',
        subject: 'CN=ada',
        endpoint: 'intune',
        reservedAt: '2026-01-01T00:00:00.000Z',
      },
      journal: [{ at: '2026-03-01T10:00:00.000Z', outcome: 'issued', steps: [{ name: 'decode', ms: 1.5 }] }],
    });
    const { pem } = json['certificate'] as { pem: string };
    expect(new X509Certificate(pem).raw.equals(certificate)).toBe(true);
    expect(queries).toEqual([{ by: { serialNumber }, limit: 20 }]);
    expect(Object.keys(json['certificate'] as object)).not.toContain('claim');
  });

  it.each([
    ['certificates/ABCD', 'ERR_CERT_UNKNOWN'],
    ['certificates/xyz', 'ERR_CERT_UNKNOWN'],
    ['certificates', 'ERR_HTTP_PATH'],
    ['certificates/ABCD/destroy', 'ERR_HTTP_PATH'],
    ['', 'ERR_HTTP_PATH'],
  ])('answers 404 at %s', async (path, code) => {
    expect(await setUp().call('GET', path)).toMatchObject({ status: 404, json: { code } });
  });

  it('answers 405 with the method that is meant', async () => {
    const { status, headers } = await setUp().call('GET', 'certificates/ABCD/revoke');
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('searches, page by page', async () => {
    const { store, call } = setUp();
    const made = await Promise.all([1, 2, 3].map(() => deliver(store, ca, { subject: 'CN=ada' })));
    await deliver(store, ca, { subject: 'CN=bob' });
    const first = await call('POST', 'certificates/search', { subject: 'cn=ada', limit: 2 });
    const { continuation } = first.json;
    const second = await call('POST', 'certificates/search', { subject: 'cn=ada', limit: 2, continuation });
    const found = [first, second].flatMap(({ json }) => json['certificates'] as { serialNumber: string }[]);
    expect(new Set(found.map(({ serialNumber }) => serialNumber))).toEqual(
      new Set(made.map(({ serialNumber }) => serialNumber)),
    );
    expect(second.json).not.toHaveProperty('continuation');
  });

  it('searches by each criterion', async () => {
    const { store, call } = setUp();
    const { serialNumber, record } = await deliver(store, ca, { notAfter: new Date('2027-05-05T05:05:05Z') });
    for (const criterion of [
      { serialNumber: `0x${serialNumber.toLowerCase()}` },
      { thumbprint: record.thumbprint?.match(/../g)?.join(':') },
      { transactionId: record.transactionId },
      { state: 'delivered' },
      { expiresAfter: '2027-05-05', expiresBefore: '2027-05-05T06:00Z' },
      { expiresBefore: '2028-01-01' },
    ]) {
      expect(
        (await call('POST', 'certificates/search', criterion)).json,
        JSON.stringify(criterion),
      ).toMatchObject({
        certificates: [{ serialNumber }],
      });
    }
    expect((await call('POST', 'certificates/search', { serialNumber: 'AB' })).json).toEqual({
      certificates: [],
    });
  });

  it.each([
    [{}, /one criterion/],
    [{ user: 'a', state: 'issued' }, /one criterion/],
    [{ state: 'lost' }, /^state/],
    [{ user: '' }, /^user/],
    [{ user: 'a', limit: 0 }, /^limit/],
    [{ user: 'a', limit: 501 }, /^limit/],
    [{ expiresBefore: 'soon' }, /^expiresBefore/],
    [{ expiresBefore: '2026-13-13' }, /^expiresBefore/],
    [{ serialNumber: 'xyz' }, /^serialNumber/],
    [{ name: 'a' }, /^name/],
    [[], /^body/],
    [null, /^body/],
  ])('refuses the search %j', async (body, detail) => {
    const { status, json } = await setUp().call('POST', 'certificates/search', body);
    expect([status, json['code']]).toEqual([400, 'ERR_HTTP_BODY']);
    expect(json['detail']).toMatch(detail);
  });

  it('reads the issuance log, a page at a time', async () => {
    const { call } = setUp();
    expect((await call('POST', 'log/read', { from: 7 })).json).toEqual({ lines: ['line 7', 'limit 1000'] });
    expect((await call('POST', 'log/read', { from: 7, limit: 2 })).json).toEqual({
      lines: ['line 7', 'limit 2'],
    });
    for (const body of [{}, { from: 0 }, { from: 1.5 }, { from: 1, limit: 1001 }, { from: '1' }])
      expect(await call('POST', 'log/read', body)).toMatchObject({ status: 400 });
  });

  it('reads the journal', async () => {
    const { queries, call } = setUp();
    const { json } = await call('POST', 'journal/search', { deviceId: 'd', limit: 7, continuation: 'c' });
    expect(json).toMatchObject({ entries: [{ transactionId: 'tx' }], continuation: 'more' });
    await call('POST', 'journal/search', { from: '2026-01-01' });
    expect(queries).toEqual([
      { by: { deviceId: 'd' }, limit: 7, continuation: 'c' },
      { by: { from: new Date('2026-01-01'), until: new Date('9999-01-01') } },
    ]);
    expect((await call('POST', 'journal/search', {})).status).toBe(400);
  });
});

describe('management: changing', () => {
  it('holds, releases, revokes, and keeps an audit line of each', async () => {
    const { store, lines, call } = setUp();
    const { serialNumber } = await deliver(store, ca);
    const path = `certificates/${serialNumber}`;
    expect(await call('POST', `${path}/hold`)).toMatchObject({
      status: 200,
      json: { changed: true, certificate: { state: 'revoked', revocation: { reason: 'certificateHold' } } },
    });
    expect(await call('POST', `${path}/release`)).toMatchObject({
      status: 200,
      json: { changed: true, certificate: { state: 'delivered' } },
    });
    for (const changed of [true, false]) {
      expect(await call('POST', `${path}/revoke`, { reason: 'keyCompromise' })).toMatchObject({
        status: 200,
        json: { changed, certificate: { revocation: { reason: 'keyCompromise', by: 'person:object-1' } } },
      });
    }
    expect(await call('POST', `${path}/release`)).toMatchObject({
      status: 409,
      json: { code: 'ERR_NOT_ON_HOLD' },
    });
    const audit = lines.filter((line) => line.includes('Audit'));
    expect(audit).toHaveLength(4);
    expect(audit[2]).toBe(
      `info Audit: a certificate was managed action=revoke serialNumber=${serialNumber} changed=true ` +
        'state=revoked reason=keyCompromise caller=object-1 callerName=ada@example.org callerApp=app-1',
    );
  });

  it('abandons what is reserved', async () => {
    const { store, call } = setUp();
    const { serialNumber } = await reserve(store, ca);
    expect(await call('POST', `certificates/${serialNumber}/revoke`, {})).toMatchObject({
      status: 200,
      json: { certificate: { state: 'abandoned' } },
    });
  });

  it.each([{ reason: 'certificateHold' }, { reason: 'bad' }, { why: 'x' }, 'x'])(
    'refuses the revocation %j',
    async (body) => {
      const { store, call } = setUp();
      const { serialNumber } = await deliver(store, ca);
      expect(await call('POST', `certificates/${serialNumber}/revoke`, body)).toMatchObject({
        status: 400,
        json: { code: 'ERR_HTTP_BODY' },
      });
      expect(store.records.get(serialNumber)?.state).toBe('delivered');
    },
  );

  it('does not know what is not there', async () => {
    expect(await setUp().call('POST', 'certificates/ABCD/revoke', {})).toMatchObject({
      status: 404,
      json: { code: 'ERR_CERT_UNKNOWN' },
    });
  });
});

describe('management: health', () => {
  it('tells a signed-in reader what is wrong, in detail', async () => {
    expect(await setUp().call('GET', 'health')).toMatchObject({
      status: 200,
      json: { ok: false, version: '1.2.3', parts: [{ name: 'Intune', ok: false, detail: ['lacks a role'] }] },
    });
  });

  it('tells nobody else', async () => {
    expect(await setUp().call('GET', 'health', undefined, null)).toMatchObject({ status: 401 });
    expect(await setUp().call('GET', 'health', undefined, 'Other.Role')).toMatchObject({ status: 403 });
  });
});

describe('management: failures', () => {
  it('counts what failed lately by its cause', async () => {
    const { call, queries } = setUp();
    expect(await call('GET', 'failures')).toMatchObject({
      status: 200,
      json: { causes: [], succeeded: 4, complete: false },
    });
    expect(queries).toHaveLength(4);
  });

  it('needs the role', async () => {
    expect(await setUp().call('GET', 'failures', undefined, null)).toMatchObject({ status: 401 });
  });
});
