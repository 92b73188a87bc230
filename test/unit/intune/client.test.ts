import { describe, expect, it } from 'vitest';
import type { SkepError } from '../../../lib/base/errors.js';
import {
  createFakeCloud,
  endpointList,
  type FakeCloud,
  jwt,
  PKI_BASE,
  SCEP_BASE,
  verdict,
} from './fake-cloud.js';

const transaction = { transactionId: 'tx1', csr: Buffer.from('the request and its challenge') };
const transient = { status: 503 };

function validate(cloud: FakeCloud) {
  return cloud.time.run(cloud.client.validateRequest(transaction));
}

async function refusedWith(work: Promise<unknown>): Promise<SkepError> {
  return work.then(
    () => expect.fail('should have thrown'),
    (thrown: unknown) => thrown as SkepError,
  );
}

describe('a validation', () => {
  it('asks Graph for the place, Intune for the verdict, each with its own token', async () => {
    const cloud = createFakeCloud();
    expect(await validate(cloud)).toEqual({ granted: true, resultCode: 'Success' });

    const [graph, intune] = cloud.seen;
    expect(cloud.tokensAsked).toEqual([
      'https://graph.microsoft.com/.default',
      'https://api.manage.microsoft.com//.default',
    ]);
    expect(graph).toMatchObject({
      method: 'GET',
      url: 'https://graph.microsoft.com/v1.0/servicePrincipals/appId=0000000a-0000-0000-c000-000000000000/endpoints',
      body: '',
    });
    expect(graph?.headers).not.toHaveProperty('api-version');
    expect(intune?.url).toBe(`${SCEP_BASE}/ScepActions/validateRequest`);
    expect(intune?.headers).toEqual({
      Authorization: `Bearer ${jwt({ roles: ['scep_challenge_provider'], n: 2 })}`,
      'Content-Type': 'application/json; charset=utf-8',
      'api-version': '2018-02-20',
      'client-request-id': '01010101-0101-4101-8101-010101010101',
      'User-Agent': 'Skep/0.1.0',
      UserAgent: 'Skep/0.1.0',
    });
    expect(JSON.parse(intune?.body ?? '')).toEqual({
      request: {
        transactionId: 'tx1',
        certificateRequest: transaction.csr.toString('base64'),
        callerInfo: 'Skep/0.1.0',
      },
    });
  });

  it('remembers tokens and places', async () => {
    const cloud = createFakeCloud();
    await validate(cloud);
    await validate(cloud);
    expect(cloud.toGraph()).toHaveLength(1);
    expect(cloud.tokensAsked).toHaveLength(2);
    const ids = cloud.seen.map(({ headers }) => headers['client-request-id']);
    expect(new Set(ids).size).toBe(3);
  });

  it('passes refusals on, known or not', async () => {
    const cloud = createFakeCloud({
      intune: [verdict('ChallengeExpired', 'too old'), verdict('SomethingNew')],
    });
    expect(await validate(cloud)).toEqual({
      granted: false,
      code: 'ERR_INTUNE_EXPIRED',
      resultCode: 'ChallengeExpired',
      detail: 'ChallengeExpired: too old',
    });
    expect(await validate(cloud)).toMatchObject({ granted: false, code: 'ERR_INTUNE_REFUSED' });
  });

  it('logs ids, code and duration, and nothing of the request or the token', async () => {
    const cloud = createFakeCloud({
      intune: [{ throws: 'ECONNRESET' }, verdict('SubjectNameMismatch', 'CN')],
    });
    await validate(cloud);
    expect(cloud.lines).toHaveLength(2);
    expect(cloud.lines[0]).toMatch(/^warn A call to Microsoft failed .*detail=.*ECONNRESET.* next=retry$/);
    expect(cloud.lines[1]).toMatch(
      /^info Intune validateRequest: refused clientRequestId=\S+ transactionId=tx1 resultCode=SubjectNameMismatch severity=security durationMs=\d+ /,
    );
    const log = cloud.lines.join('\n');
    expect(log).not.toContain(transaction.csr.toString('base64').slice(0, 12));
    expect(log).not.toContain('Bearer');
    expect(log).not.toContain(jwt({}).slice(0, 12));
  });
});

describe('attempts', () => {
  it('retries twice, after about half a second and two', async () => {
    const cloud = createFakeCloud({ intune: [transient, { status: 429 }, verdict('Success')] });
    expect(await validate(cloud)).toMatchObject({ granted: true });
    const [first, second, third] = cloud.toIntune().map(({ atMs }) => atMs);
    expect([first, second, third]).toEqual([0, expect.closeTo(375, -2), expect.closeTo(1900, -2)]);
  });

  it.each([
    ['503', transient],
    ['a reset', { throws: 'ECONNRESET' }],
  ])('gives up after the third %s', async (_name, fate) => {
    const cloud = createFakeCloud({ intune: [fate] });
    expect(await refusedWith(validate(cloud))).toMatchObject({
      code: 'ERR_VALIDATOR_UNAVAILABLE',
      retryAfterSeconds: 60,
    });
    expect(cloud.toIntune()).toHaveLength(3);
  });

  it('keeps the cause', async () => {
    const cloud = createFakeCloud({ intune: [{ throws: 'ECONNRESET' }] });
    expect((await refusedWith(validate(cloud))).cause).toMatchObject({ code: 'ECONNRESET' });
  });

  it('waits as long as Retry-After asks, if there is time', async () => {
    const cloud = createFakeCloud({
      intune: [{ status: 429, headers: { 'Retry-After': '7' } }, verdict('Success')],
    });
    expect(await validate(cloud)).toMatchObject({ granted: true });
    expect(cloud.toIntune()[1]?.atMs).toBe(7000);
  });

  it('passes a longer Retry-After on to the device at once', async () => {
    const cloud = createFakeCloud({ intune: [{ status: 429, headers: { 'Retry-After': '90' } }] });
    expect(await refusedWith(validate(cloud))).toMatchObject({
      code: 'ERR_VALIDATOR_UNAVAILABLE',
      retryAfterSeconds: 90,
    });
    expect(cloud.toIntune()).toHaveLength(1);
    expect(cloud.time.elapsedMs()).toBe(0);
  });

  it('gives each attempt 8 seconds and all of them 20', async () => {
    const cloud = createFakeCloud({ intune: ['hang'] });
    expect(await refusedWith(validate(cloud))).toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    const [first, second, third] = cloud.toIntune().map(({ atMs }) => atMs);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(8_000);
    expect(third).toBeGreaterThan(17_000);
    expect(cloud.time.elapsedMs()).toBe(20_000);
  });

  it('does not wait for a hanging discovery beyond the budget', async () => {
    const cloud = createFakeCloud({ graph: ['hang'] });
    expect(await refusedWith(validate(cloud))).toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    expect(cloud.time.elapsedMs()).toBe(20_000);
    expect(cloud.toIntune()).toHaveLength(0);
  });

  it('takes a new token after 401, once', async () => {
    const cloud = createFakeCloud({ intune: [{ status: 401 }, verdict('Success')] });
    expect(await validate(cloud)).toMatchObject({ granted: true });
    const [first, second] = cloud.toIntune().map(({ headers }) => headers['Authorization']);
    expect(first).not.toBe(second);

    const stubborn = createFakeCloud({ intune: [{ status: 401 }] });
    expect(await refusedWith(validate(stubborn))).toMatchObject({ code: 'ERR_INTUNE_FORBIDDEN' });
    expect(stubborn.toIntune()).toHaveLength(2);
  });

  it('does not repeat after 403, and names the roles of the token', async () => {
    const cloud = createFakeCloud({ intune: [{ status: 403 }] });
    const failure = await refusedWith(validate(cloud));
    expect(failure).toMatchObject({ code: 'ERR_INTUNE_FORBIDDEN', retryAfterSeconds: 60 });
    expect(failure.detail).toContain('roles of the token: scep_challenge_provider');
    expect(cloud.toIntune()).toHaveLength(1);
  });

  it.each([
    ['404', { status: 404 }],
    ['ENOTFOUND', { throws: 'ENOTFOUND' }],
    ['ECONNREFUSED', { throws: 'ECONNREFUSED' }],
  ])('looks for the new place after %s, once', async (_name, fate) => {
    const moved = 'https://fef.msuc03.manage.microsoft.com/moved';
    const cloud = createFakeCloud({
      intune: [fate, verdict('Success')],
      graph: [endpointList(), endpointList(moved)],
    });
    expect(await validate(cloud)).toMatchObject({ granted: true });
    expect(cloud.toIntune()[1]?.url).toBe(`${moved}/ScepActions/validateRequest`);

    const gone = createFakeCloud({ intune: [fate] });
    expect(await refusedWith(validate(gone))).toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    expect([gone.toIntune().length, gone.toGraph().length]).toEqual([2, 2]);
  });

  it('follows no redirect', async () => {
    const cloud = createFakeCloud({
      intune: [{ status: 307, headers: { location: 'https://fef.manage.microsoft.com/x' } }],
    });
    expect(await refusedWith(validate(cloud))).toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    expect(cloud.toIntune()).toHaveLength(1);
  });

  it('takes a 200 without a code as no verdict, and does not repeat it', async () => {
    const cloud = createFakeCloud({ intune: [{ status: 200, body: '<html>' }] });
    expect(await refusedWith(validate(cloud))).toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    expect(cloud.toIntune()).toHaveLength(1);
  });
});

describe('notifications', () => {
  const notice = {
    ...transaction,
    certificateThumbprint: 'AB'.repeat(20),
    certificateSerialNumber: '0F',
    certificateExpirationDate: new Date('2027-03-01T00:00:00Z'),
    issuingCertificateAuthority: 'CN=CA',
  };

  it('have a refusal of their own', async () => {
    const cloud = createFakeCloud({ intune: [verdict('Success'), verdict('Unknown', 'no')] });
    expect(await cloud.time.run(cloud.client.successNotification(notice))).toMatchObject({ granted: true });
    expect(await cloud.time.run(cloud.client.successNotification(notice))).toEqual({
      granted: false,
      code: 'ERR_NOTIFICATION_REFUSED',
      resultCode: 'Unknown',
      detail: 'Unknown: no',
    });
    expect(cloud.toIntune()[0]?.url).toBe(`${SCEP_BASE}/ScepActions/successNotification`);
  });

  it('tell of failures', async () => {
    const cloud = createFakeCloud();
    const failure = { ...transaction, hResult: -2147467259, errorDescription: 'ERR_LINT' };
    await cloud.time.run(cloud.client.failureNotification(failure));
    expect(JSON.parse(cloud.toIntune()[0]?.body ?? '')).toMatchObject({
      notification: { hResult: -2147467259, errorDescription: 'ERR_LINT' },
    });
  });
});

describe('revocations', () => {
  it('go to the other service with the other version', async () => {
    const request = { requestContext: 'c1', serialNumber: '0F', issuerName: null, caConfiguration: 'ca' };
    const cloud = createFakeCloud({
      intune: [
        { status: 200, body: { value: [request] } },
        { status: 200, body: { value: true } },
      ],
    });
    expect(await cloud.time.run(cloud.client.downloadRevocationRequests({ maxRequests: 100 }))).toEqual([
      { ...request, issuerName: undefined },
    ]);
    await cloud.time.run(cloud.client.uploadRevocationResults([{ requestContext: 'c1', succeeded: true }]));
    const [download, upload] = cloud.toIntune();
    expect(download?.url).toBe(`${PKI_BASE}/CertificateAuthorityRequests/downloadRevocationRequests`);
    expect(upload?.url).toBe(`${PKI_BASE}/CertificateAuthorityRequests/uploadRevocationResults`);
    expect(upload?.headers['api-version']).toBe('5019-05-05');
  });
});

describe('probe', () => {
  it('says what works and which roles the tokens carry', async () => {
    const cloud = createFakeCloud();
    expect(await cloud.time.run(cloud.client.probe())).toEqual({
      intuneToken: {
        ok: true,
        detail: 'roles: scep_challenge_provider',
        roles: ['scep_challenge_provider'],
      },
      graphToken: {
        ok: true,
        detail: 'roles: scep_challenge_provider',
        roles: ['scep_challenge_provider'],
      },
      scepService: { ok: true, detail: SCEP_BASE },
      revocationService: { ok: true, detail: PKI_BASE },
      missingRoles: [],
    });
    expect(cloud.toGraph()).toHaveLength(1);
  });

  it('says what does not, and why', async () => {
    const error = { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' };
    const cloud = createFakeCloud({ graph: [{ status: 403, body: { error } }] });
    const probe = await cloud.time.run(cloud.client.probe());
    expect(probe.intuneToken.ok).toBe(true);
    expect(probe.scepService).toEqual({
      ok: false,
      detail:
        'ERR_INTUNE_FORBIDDEN: Graph endpoint list answered HTTP 403; roles of the token: scep_challenge_provider; Authorization_RequestDenied: Insufficient privileges',
    });
    expect(probe.missingRoles).toEqual(['Application.Read.All']);
  });
});

it('talks to no other Graph than Microsoft’s or an allowed one', () => {
  const cloud = (graphBaseUrl: string) => ({ cloud: { graphBaseUrl } });
  expect(() => createFakeCloud({}, cloud('https://graph.example.org'))).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIG' }),
  );
  expect(() => createFakeCloud({}, cloud('http://graph.microsoft.com'))).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIG' }),
  );
  expect(() =>
    createFakeCloud({}, { ...cloud('http://127.0.0.1:7072'), extraHosts: ['127.0.0.1:7072'] }),
  ).not.toThrow();
});
