import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import type { IssuedCertificate } from '../../../dev/intune/model.js';
import { fromBase64, toHex } from '../../../lib/base/bytes.js';
import {
  callAction,
  control,
  discover,
  getToken,
  INTUNE_SCOPE,
  installCertificate,
  mintSeeded,
  requestFor,
  type JsonAnswer,
} from '../../support/intune-simulator.js';

const YEAR_MS = 365 * 86_400_000;
const CALLER = 'Test CA 1.0';

let simulator: IntuneSimulator;
let token: string;
let scep: string;
let pki: string;

beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
beforeEach(async () => {
  await control(simulator, 'POST', 'reset');
  token = await getToken(simulator, INTUNE_SCOPE);
  scep = await discover(simulator, 'ScepRequestValidationFEService');
  pki = await discover(simulator, 'PkiConnectorFEService');
});
afterAll(() => simulator.close());

const act = (name: string, body: unknown, headers = {}): Promise<JsonAnswer> =>
  callAction(`${scep}/ScepActions/${name}`, token, body, headers);
const validate = (certificateRequest: string, headers = {}) =>
  act(
    'validateRequest',
    { request: { transactionId: 'T1', certificateRequest, callerInfo: CALLER } },
    headers,
  );
const notify = (certificateRequest: string, changes: object = {}) =>
  act('successNotification', {
    notification: {
      transactionId: 'T1',
      certificateRequest,
      certificateThumbprint: toHex(createHash('sha1').update(fromBase64(certificateRequest)).digest()),
      certificateSerialNumber: '0A1B2C',
      certificateExpirationDateUtc: '2099-01-01T00:00:00.000Z',
      issuingCertificateAuthority: 'CN=Test CA',
      callerInfo: CALLER,
      caConfiguration: 'skep-test',
      certificateAuthority: 'Test CA',
      ...changes,
    },
  });
const revoke = (action: string, body: unknown) =>
  callAction(`${pki}/CertificateAuthorityRequests/${action}`, token, body, { 'api-version': '5019-05-05' });
const download = (parameters: object = { maxRequests: 100 }) =>
  revoke('downloadRevocationRequests', { downloadParameters: parameters });
const upload = (...results: object[]) => revoke('uploadRevocationResults', { results });
const valueOf = ({ body }: JsonAnswer) => body['value'] as { requestContext: string; serialNumber: string }[];

async function certificates(): Promise<IssuedCertificate[]> {
  return (await control(simulator, 'GET', 'certificates')).body as unknown as IssuedCertificate[];
}

describe('one enrolment', () => {
  it('goes from sync to a recorded certificate; the second sync wants nothing', async () => {
    const sync = () => control(simulator, 'POST', `devices/${SEED_IDS.device}/sync`);
    const { body } = await sync();
    const challenge = /"([^"]*PENlcnRFbn[^"]*)"/.exec(JSON.stringify(body))?.[1] ?? '';
    const request = requestFor(challenge);
    const verdict = await validate(request);
    expect(verdict.status).toBe(200);
    expect(verdict.body).toMatchObject({ code: 'Success', errorDescription: '' });
    expect(verdict.body['@odata.context']).toMatch(
      /\$metadata#microsoft\.management\.services\.scepRequestValidationService\.api\.scepActionResult$/,
    );
    expect((await notify(request)).body).toMatchObject({ code: 'Success' });
    expect(await certificates()).toMatchObject([
      {
        deviceId: SEED_IDS.device,
        serialNumber: '0A1B2C',
        issuer: 'CN=Test CA',
        caConfiguration: 'skep-test',
        transactionIds: ['T1'],
        state: 'active',
      },
    ]);
    expect((await sync()).body['decisions']).toMatchObject([{ action: 'none' }]);
  });

  it('leaves calls in the log, and no challenge', async () => {
    const challenge = await mintSeeded(simulator);
    await validate(requestFor(challenge));
    await validate('%%%');
    const { body } = await control(simulator, 'GET', 'calls?endpoint=validateRequest');
    expect(body).toMatchObject([
      {
        endpoint: 'validateRequest',
        status: 200,
        code: 'Success',
        tenantId: SEED_IDS.tenant,
        clientId: SEED_IDS.client,
        clientRequestId: '00000000-0000-4000-8000-0000000000aa',
        apiVersion: '2018-02-20',
        transactionId: 'T1',
      },
      { code: 'CertificateRequestDecodingFailed' },
    ]);
    const everything = JSON.stringify((await control(simulator, 'GET', 'calls')).body);
    expect(everything).not.toContain('PENlcnRFbn');
  });

  it('a business refusal is HTTP 200', async () => {
    const answer = await validate(requestFor(await mintSeeded(simulator, 'expired')));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ code: 'ChallengeExpired' });
  });
});

describe('what every action checks', () => {
  it.each<[string, number, Record<string, string | undefined>]>([
    ['no token', 401, { authorization: undefined }],
    ['a forged token', 401, { authorization: 'Bearer e30.e30.e30' }],
    ['no api-version', 400, { 'api-version': undefined }],
    ['another content type', 415, { 'content-type': 'text/plain' }],
  ])('%s', async (_name, status, headers) => {
    const answer = await validate(requestFor('x'), headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty('error.code');
  });

  it('the audience and the role, by 403 or 401', async () => {
    token = await getToken(simulator, 'https://graph.microsoft.com/.default');
    expect((await validate('x')).status).toBe(401);
    await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, { roles: [] });
    token = await getToken(simulator, INTUNE_SCOPE);
    expect((await validate('x')).status).toBe(403);
    await control(simulator, 'PATCH', 'switches', { missingRoleStatus: 401 });
    expect((await validate('x')).status).toBe(401);
  });

  it('the members of the body, named without their values', async () => {
    expect((await act('validateRequest', { notification: {} })).status).toBe(400);
    const { status, body } = await act('validateRequest', { request: { transactionId: 'T' } });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('certificateRequest');
    expect((await act('validateRequest', 'x'.repeat(300 * 1024))).status).toBe(413);
  });

  it('takes a challenge from another tenant for what it is', async () => {
    const { body: tenant } = await control(simulator, 'POST', 'tenants', {});
    const tenantId = String(tenant['id']);
    const { body: app } = await control(simulator, 'POST', 'apps', { tenantId });
    const { body: device } = await control(simulator, 'POST', 'devices', { tenantId });
    const { body: profile } = await control(simulator, 'POST', 'profiles', { tenantId });
    const { body: minted } = await control(simulator, 'POST', 'challenges', {
      deviceId: device['id'],
      profileId: profile['id'],
    });
    expect(app).toHaveProperty('clientId');
    const answer = await validate(requestFor(String(minted['challenge'])));
    expect(answer.body).toMatchObject({ code: 'BadTenantIdInChallenge' });
  });

  it('rolled keys keep older challenges valid, or not', async () => {
    const request = requestFor(await mintSeeded(simulator));
    const roll = (keepPrevious: boolean) =>
      control(simulator, 'POST', `tenants/${SEED_IDS.tenant}/roll-keys`, { keepPrevious });
    await roll(true);
    expect((await validate(request)).body).toMatchObject({ code: 'Success' });
    await roll(false);
    expect((await validate(request)).body).toMatchObject({ code: 'SigningCertThumbprintMismatch' });
  });
});

describe('notifications', () => {
  it('success is refused for a request that was never validated', async () => {
    expect((await notify(requestFor(await mintSeeded(simulator)))).body).toMatchObject({ code: 'Unknown' });
    expect(await certificates()).toEqual([]);
  });

  it.each([
    { certificateThumbprint: 'AB' },
    { certificateSerialNumber: '0x12' },
    { certificateExpirationDateUtc: 'tomorrow' },
    { issuingCertificateAuthority: '' },
  ])('success with %o is malformed', async (changes) => {
    const request = requestFor(await mintSeeded(simulator));
    await validate(request);
    expect((await notify(request, changes)).status).toBe(400);
  });

  it('success may lack the two free texts, and may be repeated', async () => {
    const request = requestFor(await mintSeeded(simulator));
    await validate(request);
    const bare = { caConfiguration: undefined, certificateAuthority: undefined };
    expect((await notify(request, bare)).body).toMatchObject({ code: 'Success' });
    expect((await notify(request, { ...bare, transactionId: 'T2' })).body).toMatchObject({ code: 'Success' });
    expect(await certificates()).toMatchObject([{ transactionIds: ['T1', 'T2'] }]);
  });

  it('failure is recorded; its text has a limit', async () => {
    const fail = (errorDescription: string, hResult: number) =>
      act('failureNotification', {
        notification: {
          transactionId: 'T1',
          certificateRequest: 'AAAA',
          callerInfo: CALLER,
          hResult,
          errorDescription,
        },
      });
    expect((await fail('policy', -2147467259)).body).toMatchObject({ code: 'Success' });
    expect((await fail('x'.repeat(256), 1)).status).toBe(400);
    expect((await fail('', 1)).status).toBe(400);
    expect((await fail('policy', 1.5)).status).toBe(400);
    expect((await control(simulator, 'GET', 'failures')).body).toMatchObject([
      { hResult: -2147467259, errorDescription: 'policy', transactionId: 'T1' },
    ]);
  });
});

describe('revocation', () => {
  it('from wipe to answer: handed out until answered, then gone', async () => {
    const certificate = await installCertificate(simulator, YEAR_MS);
    expect(valueOf(await download())).toEqual([]);
    await control(simulator, 'POST', `devices/${SEED_IDS.device}/wipe`);
    const first = await download();
    expect(first.body['@odata.context']).toMatch(
      /Collection\(microsoft\.management\.services\.api\.caRevocationRequest\)$/,
    );
    const [row] = valueOf(first);
    expect(row).toEqual({
      requestContext: expect.any(String) as string,
      serialNumber: certificate.serialNumber,
      issuerName: 'CN=Test CA',
      caConfiguration: 'test',
    });
    expect(valueOf(await download())).toEqual([row]);
    const done = {
      requestContext: row?.requestContext,
      succeeded: true,
      errorCode: 'None',
      errorMessage: null,
    };
    expect((await upload(done)).body).toMatchObject({ value: true });
    expect((await upload(done)).body).toMatchObject({ value: true });
    expect(valueOf(await download())).toEqual([]);
    expect(await certificates()).toMatchObject([{ state: 'revoked' }]);
  });

  it('hands out once when the switch says so', async () => {
    await control(simulator, 'PATCH', 'switches', { revocationDownload: 'once' });
    await installCertificate(simulator, YEAR_MS);
    await control(simulator, 'POST', `devices/${SEED_IDS.device}/retire`);
    expect(valueOf(await download())).toHaveLength(1);
    expect(valueOf(await download())).toEqual([]);
  });

  it('takes numbers for names; retryable failures come again, others do not', async () => {
    const serial = (serialNumber: string) => ({ serialNumber, tenantId: SEED_IDS.tenant });
    await control(simulator, 'POST', 'revocations', serial('01'));
    await control(simulator, 'POST', 'revocations', serial('02'));
    const [one, two] = valueOf(await download());
    const failed = (row: typeof one, errorCode: string) => ({
      requestContext: row?.requestContext,
      succeeded: false,
      errorCode,
      errorMessage: 'why',
    });
    expect((await upload(failed(one, '4004'), failed(two, 'ServiceTooBusyException'))).body).toMatchObject({
      value: true,
    });
    expect(valueOf(await download()).map(({ serialNumber }) => serialNumber)).toEqual(['02']);
    expect((await control(simulator, 'GET', 'revocations')).body).toMatchObject([
      { serialNumber: '01', state: 'failed', errorCode: 'CertificateNotFoundError' },
      { serialNumber: '02', state: 'handedOut', errorCode: 'ServiceTooBusyException', attempts: 2 },
    ]);
  });

  it('says false to a context that it never gave', async () => {
    const answer = await upload({ requestContext: 'x', succeeded: true, errorCode: 'None' });
    expect(answer.body).toMatchObject({ value: false });
  });

  it.each([
    { requestContext: 'x', succeeded: true, errorCode: 'ConflictError' },
    { requestContext: 'x', succeeded: false, errorCode: 'None' },
    { requestContext: 'x', succeeded: false, errorCode: 'Nonsense' },
    { requestContext: '', succeeded: true, errorCode: 'None' },
  ])('refuses the result %o', async (result) => {
    expect((await upload(result)).status).toBe(400);
  });

  it('keeps to maxRequests, to the issuer and to the tenant', async () => {
    const queue = (changes: object) =>
      control(simulator, 'POST', 'revocations', {
        serialNumber: '01',
        tenantId: SEED_IDS.tenant,
        ...changes,
      });
    await queue({ issuerName: 'CN=A' });
    await queue({ issuerName: 'CN=B' });
    await queue({ issuerName: 'CN=B', tenantId: 'another' });
    expect(valueOf(await download({ maxRequests: 1 }))).toHaveLength(1);
    expect(valueOf(await download({ maxRequests: 500, issuerName: 'CN=B' }))).toHaveLength(1);
    expect(valueOf(await download({ maxRequests: 500, issuerName: null }))).toHaveLength(2);
    expect((await download({ maxRequests: 501 })).status).toBe(400);
    expect((await download({ maxRequests: 0 })).status).toBe(400);
  });
});

describe('faults over HTTP', () => {
  const lay = (fault: object) =>
    control(simulator, 'POST', 'faults', { endpoint: 'validateRequest', count: 1, ...fault });

  it('status with Retry-After, once', async () => {
    const request = requestFor(await mintSeeded(simulator));
    await lay({ kind: 'status', status: 503, retryAfterSeconds: 2 });
    const answer = await validate(request);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.body).toMatchObject({ error: { code: 'InternalError' } });
    expect((await validate(request)).body).toMatchObject({ code: 'Success' });
  });

  it('a reset connection', async () => {
    await lay({ kind: 'reset' });
    await expect(validate('x')).rejects.toThrow();
    const { body } = await control(simulator, 'GET', 'calls?endpoint=validateRequest');
    expect(body).toMatchObject([{ status: 'reset' }]);
  });

  it('an effect whose answer is lost', async () => {
    const request = requestFor(await mintSeeded(simulator));
    await validate(request);
    await lay({ kind: 'reset', endpoint: 'successNotification', when: 'after' });
    await expect(notify(request)).rejects.toThrow();
    expect(await certificates()).toHaveLength(1);
  });

  it('a moved service: the old place is gone, discovery knows the new one', async () => {
    const request = requestFor(await mintSeeded(simulator));
    await control(simulator, 'POST', 'faults', { kind: 'movedUri' });
    expect((await validate(request)).status).toBe(404);
    scep = await discover(simulator, 'ScepRequestValidationFEService');
    expect((await validate(request)).body).toMatchObject({ code: 'Success' });
  });

  it('are listed, removed one by one and all at once, and refused when they are none', async () => {
    const { body } = await lay({ kind: 'nonJson' });
    const [{ id } = { id: '' }] = body as unknown as { id: string }[];
    expect((await control(simulator, 'GET', 'faults')).body).toMatchObject([{ id, hits: 0, remaining: 1 }]);
    expect((await control(simulator, 'DELETE', `faults/${id}`)).status).toBe(204);
    expect((await control(simulator, 'DELETE', `faults/${id}`)).status).toBe(404);
    await lay({ kind: 'reset' });
    expect((await control(simulator, 'DELETE', 'faults')).status).toBe(204);
    expect((await control(simulator, 'GET', 'faults')).body).toEqual([]);
    expect((await lay({ kind: 'status', status: 200 })).status).toBe(400);
  });
});
