import { beforeAll, describe, expect, it } from 'vitest';
import { formatHresult, signedHresult } from '../../../lib/base/hresults.js';
import type { ScepNodes } from '../../../dev/devices/scep-settings.js';
import type { WindowsEvent } from '../../../dev/devices/windows-events.js';
import { createWindowsDevice, STATUS, type WindowsDeviceOptions } from '../../../dev/devices/windows.js';
import { attribute, string } from '../../../dev/scep-client/ber-writer.js';
import {
  generateRsaKey,
  openEnvelope,
  readEnvelope,
  OID,
  type Fetch,
} from '../../../dev/scep-client/index.js';
import {
  createFakeAuthority,
  createFakeServer,
  type FakeAuthority,
  type FakeServerOptions,
} from '../scep-client/fake-scep-server.js';

const DEVICE_ID = '28fe573c-1077-4187-ab33-b70c89f9e682';
const CHALLENGE = 'PENlcnRFbnJvbGxUb2tlbj4=';
let authority: FakeAuthority;
let fixedKey: Awaited<ReturnType<typeof generateRsaKey>>;

beforeAll(async () => {
  authority = await createFakeAuthority();
  fixedKey = await generateRsaKey();
});

const nodes = (changes: Partial<ScepNodes> = {}): ScepNodes => ({
  ServerURL: 'http://127.0.0.1/certsrv/mscep/mscep.dll',
  Challenge: CHALLENGE,
  EKUMapping: `${OID.clientAuth}+${OID.emailProtection}`,
  KeyUsage: 160,
  SubjectName: `CN=${DEVICE_ID}`,
  SubjectAlternativeNames: `7+IntuneDeviceId://${DEVICE_ID};11+a@example.com`,
  KeyLength: 2048,
  HashAlgorithm: 'SHA-2',
  CAThumbprint: authority.certificate.thumbprint,
  ValidPeriod: 'Years',
  ValidPeriodUnits: 1,
  RetryCount: 3,
  RetryDelay: 1,
  ...changes,
});

function setUp(serverOptions: FakeServerOptions = {}, deviceOptions: Partial<WindowsDeviceOptions> = {}) {
  const server = createFakeServer(authority, serverOptions);
  const events: WindowsEvent[] = [];
  const slept: number[] = [];
  const device = createWindowsDevice({
    fetch: server.fetch,
    clock: { now: () => new Date('2026-11-22T12:00:00Z') },
    sleep: (delayMs) => {
      slept.push(delayMs);
      return Promise.resolve();
    },
    key: fixedKey,
    onEvent: (event) => events.push(event),
    ...deviceOptions,
  });
  return { server, events, slept, device };
}

describe('a Windows device', () => {
  it('asks as dmcertinst does, and installs', async () => {
    const { server, events, slept, device } = setUp();
    const result = await device.install('ModelName_1', nodes());
    expect(result).toMatchObject({ status: STATUS.success, errorCode: 0, attempts: 1 });
    expect(result.thumbprint).toMatch(/^[0-9A-F]{40}$/);
    expect(result.certificate?.subject).toBe(`CN=${DEVICE_ID}`);
    const path = '/certsrv/mscep/mscep.dll/pkiclient.exe';
    expect(server.log).toEqual([
      `GET ${path}?operation=GetCACaps&message=default`,
      `GET ${path}?operation=GetCACert&message=default`,
      `POST ${path}?operation=PKIOperation`,
    ]);
    expect(server.headers.map((headers) => headers.get('user-agent'))).toEqual(
      Array(3).fill(expect.stringContaining('NDES client')),
    );
    expect(slept).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual([
      'accepted',
      'attempt',
      'capabilities',
      'ca-certificates',
      'request-made',
      'request-sent',
      'answer',
      'installed',
      'challenge-deleted',
    ]);
    expect(JSON.stringify(events)).not.toContain(CHALLENGE);
  });

  it('asks for what the profile says, signed by a throw-away certificate', async () => {
    const { server, device } = setUp();
    await device.install('ModelName_1', nodes());
    expect(server.requests[0]).toMatchObject({
      subject: `CN=${DEVICE_ID}`,
      challenge: CHALLENGE,
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsage: [OID.clientAuth, OID.emailProtection],
      subjectAltNames: [
        { type: 'uri', value: `IntuneDeviceId://${DEVICE_ID}` },
        { type: 'upn', value: 'a@example.com' },
      ],
      isSignatureValid: true,
    });
    expect(Object.fromEntries(server.requests[0]?.nameValuePairs ?? [])).toEqual({
      ValidityPeriod: 'Years',
      ValidityPeriodUnits: '1',
    });
    const [message] = server.messages;
    expect(message?.signerCertificate?.subject).toBe('CN=SCEP Protocol Certificate');
    expect(message?.signerCertificate?.extensions).toContainEqual(
      expect.objectContaining({ oid: OID.authorityKeyIdentifier, critical: true }),
    );
    const envelope = message?.envelope ?? new Uint8Array();
    expect(readEnvelope(envelope).recipients[0]?.keyTransport.algorithmId).toBe(OID.rsaesOaep);
    expect(openEnvelope(envelope, authority.key).length).toBeGreaterThan(500);
  });

  it('tries three times, a minute apart, with the same challenge and fresh keys', async () => {
    const { server, slept, device } = setUp({ statuses: [503, 503] });
    const fresh = await device.install('ModelName_1', nodes());
    expect(fresh).toMatchObject({ status: STATUS.success, attempts: 3 });
    expect(slept).toEqual([60_000, 60_000]);
    expect(server.requests.map(({ challenge }) => challenge)).toEqual([CHALLENGE]);

    const keys = new Set<unknown>();
    const refusing = createFakeServer(authority, {
      answer: (message) => {
        keys.add(message.transactionId);
        return { pkiStatus: 'FAILURE', failInfo: 'badRequest', envelope: new Uint8Array() };
      },
    });
    const device2 = createWindowsDevice({ fetch: refusing.fetch, sleep: () => Promise.resolve() });
    expect(await device2.install('ModelName_1', nodes())).toMatchObject({
      status: STATUS.failed,
      attempts: 3,
    });
    expect(keys.size).toBe(3);
    expect(refusing.requests.map(({ challenge }) => challenge)).toEqual(Array(3).fill(CHALLENGE));
  });

  it('takes the next server at its next attempt, and stays with it', async () => {
    const { server, device } = setUp({ statuses: [500] });
    const ServerURL = 'http://127.0.0.1/one;http://127.0.0.1/two';
    const result = await device.install('ModelName_1', nodes({ ServerURL }));
    expect(result.respondentServerUrl).toBe('http://127.0.0.1/two');
    const servers = server.log.map((line) => line.split('/')[1]);
    expect(servers).toEqual(['one', 'one', 'one', 'two', 'two', 'two']);
  });

  it('polls while the server says PENDING', async () => {
    const { server, slept, device } = setUp({
      answer: () => ({ pkiStatus: 'PENDING', envelope: new Uint8Array() }),
    });
    const result = await device.install('ModelName_1', nodes({ RetryCount: 2, RetryDelay: 5 }));
    expect(result.status).toBe(STATUS.pending);
    expect(slept).toEqual([300_000, 300_000]);
    expect(server.messages.map(({ messageType }) => messageType)).toEqual([19, 20, 20]);
  });
});

describe('ErrorCode', () => {
  const failing =
    (code: string): Fetch =>
    () =>
      Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code } }));

  it.each([
    [503, '0x801901F7'],
    [404, '0x80190194'],
    [429, '0x801901AD'],
  ])('HTTP %d is %s', async (status, code) => {
    const { device } = setUp({ statuses: [status, status, status] });
    const { errorCode } = await device.install('id', nodes());
    expect(formatHresult(errorCode)).toBe(code);
  });

  it.each([
    ['ENOTFOUND', '0x80072EE7'],
    ['ECONNREFUSED', '0x80072EFD'],
    ['UND_ERR_HEADERS_TIMEOUT', '0x80072EE2'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', '0x80072F8F'],
    ['UND_ERR_SOCKET', '0x80072F78'],
  ])('%s is %s', async (cause, code) => {
    const { device } = setUp({}, { fetch: failing(cause) });
    expect(formatHresult((await device.install('id', nodes())).errorCode)).toBe(code);
  });

  it('of another CA than the pinned one is 0x80091007, and nothing is sent', async () => {
    const { server, device } = setUp();
    const result = await device.install('id', nodes({ CAThumbprint: '00'.repeat(20) }));
    expect([result.status, formatHresult(result.errorCode)]).toEqual([STATUS.failed, '0x80091007']);
    expect(server.messages).toEqual([]);
  });

  it('of a refusal is the one that the server names, else unspecified', async () => {
    const refusal = { pkiStatus: 'FAILURE', failInfo: 'badRequest', envelope: new Uint8Array() } as const;
    const named = [attribute(OID.msScepError, string('utf8', '-2146875375'))];
    const silent = setUp({ answer: () => refusal });
    const telling = setUp({ answer: () => ({ ...refusal, extraAttributes: named }) });
    expect(formatHresult((await silent.device.install('id', nodes())).errorCode)).toBe('0x80004005');
    const { errorCode } = await telling.device.install('id', nodes());
    expect(formatHresult(errorCode)).toBe('0x80094811');
    expect(signedHresult(errorCode)).toBe(-2146875375);
  });
});

describe('the nodes', () => {
  it.each<[string, Partial<ScepNodes>]>([
    ['KeyUsage', { KeyUsage: 2 }],
    ['KeyLength', { KeyLength: 2047 }],
    ['Challenge', { Challenge: '' }],
    ['ServerURL', { ServerURL: ';' }],
    ['SubjectAlternativeNames', { SubjectAlternativeNames: '9+x' }],
    ['ValidPeriod', { ValidPeriod: 'Weeks' }],
  ])('%s is checked', async (name, change) => {
    const { device } = setUp();
    await expect(device.install('id', nodes(change))).rejects.toMatchObject({
      code: 'ERR_CLIENT_INPUT',
      message: expect.stringContaining(name) as string,
    });
  });
});
