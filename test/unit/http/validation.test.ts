import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createLogger } from '../../../lib/base/log.js';
import { respondingWeb } from '../../../dev/web-response.js';
import {
  createValidationHandler,
  type ValidationAccess,
  type ValidationRuling,
} from '../../../lib/http/validation.js';
import type { IntuneClient } from '../../../lib/intune/client.js';

const csr = Uint8Array.from([0x30, 0x80 | 0x01, 0x80, ...Array.from({ length: 128 }, (_, i) => i)]);
const base64 = Buffer.from(csr).toString('base64');
const lines = base64.replace(/(.{64})/g, '$1\r\n');

const success = {
  action: 'notifySuccess',
  certificateThumbprint: 'ab'.repeat(20),
  certificateSerialNumber: '0aff',
  certificateExpirationDateUtc: '2027-03-01T00:00:00Z',
  issuingCertificateAuthority: 'CN=Other CA',
};
const failure = { action: 'notifyFailure', hResult: 0x80004005, errorDescription: 'policy' };

function setUp(
  answer: ValidationRuling | SkepError = { granted: true, resultCode: 'Success' },
  access: ValidationAccess = { by: 'function-key' },
) {
  const asked: [string, unknown][] = [];
  const log: string[] = [];
  const ask = (name: string) => (notice: unknown) => {
    asked.push([name, notice]);
    return answer instanceof SkepError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  // Typed as the client that the composer hands in: it must fit.
  const authority: Pick<IntuneClient, 'validateRequest' | 'successNotification' | 'failureNotification'> = {
    validateRequest: ask('validate'),
    successNotification: ask('success'),
    failureNotification: ask('failure'),
  };
  const logger = createLogger((_level, line) => log.push(line));
  const handle = respondingWeb(createValidationHandler({ authority, access, logger }));
  const send = async (body: unknown, init: RequestInit = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await handle(new Request('https://skep/x', { method: 'POST', body: text, ...init }));
    return { status: response.status, headers: response.headers, json: (await response.json()) as unknown };
  };
  return { send, handle, asked, log };
}

const transaction = { transactionId: 'tx', certificateRequest: base64 };

describe('validation', () => {
  it.each([
    ['base64', base64],
    ['base64 on lines', lines],
    ['PEM', `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`],
    [
      'PEM of old',
      `-----BEGIN NEW CERTIFICATE REQUEST-----\n${lines}\n-----END NEW CERTIFICATE REQUEST-----`,
    ],
  ])('hands on the bytes of %s', async (_name, certificateRequest) => {
    const { send, asked } = setUp();
    const { status, json, headers } = await send({ transactionId: 'tx', certificateRequest });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toEqual({ granted: true, code: null, resultCode: 'Success', detail: '' });
    expect(asked).toEqual([['validate', { transactionId: 'tx', csr }]]);
  });

  it('answers 200 with a refusal', async () => {
    const { send } = setUp({ granted: false, code: 'ERR_INTUNE_REFUSED', resultCode: 'X', detail: 'X: y' });
    expect(await send({ ...transaction, action: 'validate' })).toMatchObject({
      status: 200,
      json: { granted: false, code: 'ERR_INTUNE_REFUSED', resultCode: 'X', detail: 'X: y' },
    });
  });

  it('passes notifications on', async () => {
    const { send, asked } = setUp();
    await send({ ...transaction, ...success });
    await send({ ...transaction, ...failure });
    expect(asked).toEqual([
      [
        'success',
        {
          transactionId: 'tx',
          csr,
          certificateThumbprint: 'AB'.repeat(20),
          certificateSerialNumber: '0AFF',
          certificateExpirationDate: new Date('2027-03-01T00:00:00Z'),
          issuingCertificateAuthority: 'CN=Other CA',
          caConfiguration: '',
          certificateAuthority: '',
        },
      ],
      ['failure', { transactionId: 'tx', csr, hResult: -2147467259, errorDescription: 'policy' }],
    ]);
  });

  it.each([
    ['no object', 'null', /^body/],
    ['an unknown action', { ...transaction, action: 'issue' }, /^action/],
    ['no transaction id', { certificateRequest: base64 }, /^transactionId/],
    [
      'a transaction id on two lines',
      { ...transaction, transactionId: 'a\nb' },
      /^transactionId: not printable/,
    ],
    ['no request', { transactionId: 'tx' }, /^certificateRequest/],
    ['an empty request', { ...transaction, certificateRequest: ' ' }, /^certificateRequest/],
    ['half a base64', { ...transaction, certificateRequest: 'MAA' }, /^certificateRequest: neither/],
    [
      'a request with more behind it',
      { ...transaction, certificateRequest: 'MAAA' },
      /^certificateRequest: no DER/,
    ],
    [
      'a thumbprint too short',
      { ...transaction, ...success, certificateThumbprint: 'AB' },
      /Thumbprint: not hex/,
    ],
    ['no date', { ...transaction, ...success, certificateExpirationDateUtc: 'soon' }, /DateUtc/],
    ['an empty description', { ...transaction, ...failure, errorDescription: '' }, /errorDescription/],
    ['an HRESULT too large', { ...transaction, ...failure, hResult: 2 ** 32 }, /hResult/],
  ])('answers 400 to %s', async (_name, body, detail) => {
    const { send, asked, log } = setUp();
    const { status, json } = await send(body);
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { code: 'ERR_HTTP_BODY', detail: expect.stringMatching(detail) as unknown },
    });
    expect(asked).toEqual([]);
    expect(log.join()).not.toContain(base64.slice(0, 12));
  });

  it('never repeats what it was sent', async () => {
    const { send, log } = setUp();
    const secret = 'PENlcnRFbnJvbGxUb2tlbj';
    for (const body of [
      `{"transactionId":"tx","certificateRequest":"${secret}"`,
      { ...transaction, action: secret },
    ]) {
      expect(JSON.stringify((await send(body)).json)).not.toContain(secret);
    }
    expect(log.join()).not.toContain(secret);
  });

  it('answers 400, 405 and 413 to other requests', async () => {
    const { send, handle } = setUp();
    const got = await handle(new Request('https://skep/x'));
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await got.json()).toMatchObject({ code: 'ERR_HTTP_METHOD' });
    expect(await send('{')).toMatchObject({ status: 400, json: { code: 'ERR_HTTP_BODY' } });
    expect(await send('')).toMatchObject({ status: 400, json: { code: 'ERR_BODY_MISSING' } });
    expect(await send('x'.repeat(256 * 1024 + 1))).toMatchObject({ status: 413 });
  });

  it('answers 503 to an outage, without details', async () => {
    const outage = new SkepError('ERR_VALIDATOR_UNAVAILABLE', { detail: 'inner', retryAfterSeconds: 90 });
    const { status, headers, json } = await setUp(outage).send(transaction);
    expect([status, headers.get('retry-after')]).toEqual([503, '90']);
    expect(json).toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    expect(JSON.stringify(json)).not.toContain('inner');
    expect((await setUp(new SkepError('ERR_INTUNE_FORBIDDEN')).send(transaction)).status).toBe(503);
  });
});

describe('access by Entra', () => {
  const access = (outcome: SkepError | undefined): ValidationAccess => ({
    by: 'entra',
    verify: (authorization, role) => {
      expect([authorization, role]).toEqual(['Bearer t', 'Validation.Use']);
      return outcome
        ? Promise.reject(outcome)
        : Promise.resolve({ id: 'object-1', appId: undefined, name: undefined, roles: [] });
    },
  });
  const init = { headers: { authorization: 'Bearer t' } };

  it('lets the verified in', async () => {
    const { send, log } = setUp(undefined, access(undefined));
    expect((await send(transaction, init)).status).toBe(200);
    expect(log[0]).toContain('caller=object-1');
  });

  it.each([
    ['ERR_CALLER_UNAUTHENTICATED', 401, 'Bearer'],
    ['ERR_CALLER_FORBIDDEN', 403, null],
    ['ERR_CALLER_KEYS_UNAVAILABLE', 503, null],
  ] as const)('%s: %i', async (code, expected, challenge) => {
    const { send, asked } = setUp(undefined, access(new SkepError(code)));
    const { status, headers, json } = await send('not even JSON', init);
    expect([status, headers.get('www-authenticate')]).toEqual([expected, challenge]);
    expect(json).toMatchObject({ code });
    expect(asked).toEqual([]);
  });
});
