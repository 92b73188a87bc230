import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { RESULT_CODES } from '../../../lib/intune/result-codes.js';
import {
  failureNotificationRequest,
  judge,
  processScepActionResponse,
  successNotificationRequest,
  validationRequest,
} from '../../../lib/intune/scep-actions.js';
import { reply } from './fake-cloud.js';

const transaction = { transactionId: 'AB12', csr: Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0xff) };
const headers = { 'Content-Type': 'application/json; charset=utf-8', 'api-version': '2018-02-20' };

describe('requests', () => {
  it('validateRequest', () => {
    const { body, ...rest } = validationRequest('https://x/base', 'Skep/1', transaction);
    expect(rest).toEqual({ method: 'POST', url: 'https://x/base/ScepActions/validateRequest', headers });
    expect(JSON.parse(body ?? '')).toEqual({
      request: { transactionId: 'AB12', certificateRequest: 'MAMCAf8=', callerInfo: 'Skep/1' },
    });
  });

  it('successNotification', () => {
    const { body, ...rest } = successNotificationRequest('https://x/base', 'Skep/1', {
      ...transaction,
      certificateThumbprint: 'A'.repeat(40),
      certificateSerialNumber: '0F',
      certificateExpirationDate: new Date('2027-03-01T00:00:00Z'),
      issuingCertificateAuthority: 'CN=CA',
    });
    expect(rest).toEqual({ method: 'POST', url: 'https://x/base/ScepActions/successNotification', headers });
    expect(JSON.parse(body ?? '')).toEqual({
      notification: {
        transactionId: 'AB12',
        certificateRequest: 'MAMCAf8=',
        certificateThumbprint: 'A'.repeat(40),
        certificateSerialNumber: '0F',
        certificateExpirationDateUtc: '2027-03-01T00:00:00.000Z',
        issuingCertificateAuthority: 'CN=CA',
        callerInfo: 'Skep/1',
        caConfiguration: '',
        certificateAuthority: '',
      },
    });
  });

  it('failureNotification, with its description cut to 255', () => {
    const { body, ...rest } = failureNotificationRequest('https://x/base', 'Skep/1', {
      ...transaction,
      hResult: -2147467259,
      errorDescription: 'e'.repeat(300),
    });
    expect(rest).toEqual({ method: 'POST', url: 'https://x/base/ScepActions/failureNotification', headers });
    expect(JSON.parse(body ?? '')).toEqual({
      notification: {
        transactionId: 'AB12',
        certificateRequest: 'MAMCAf8=',
        callerInfo: 'Skep/1',
        hResult: -2147467259,
        errorDescription: 'e'.repeat(255),
      },
    });
  });
});

describe('processScepActionResponse', () => {
  it.each([
    [
      { code: 'Success', errorDescription: '' },
      { code: 'Success', description: '' },
    ],
    [
      { code: 'ChallengeExpired', errorDescription: 'old' },
      { code: 'ChallengeExpired', description: 'old' },
    ],
    [{ code: 'NewCode' }, { code: 'NewCode', description: '' }],
  ])('reads %j', (body, result) => {
    expect(processScepActionResponse(reply(200, body))).toEqual(result);
  });

  it.each([
    ['not JSON', reply(200, '<html>Success</html>')],
    ['no object', reply(200, '"Success"')],
    ['an array', reply(200, [{ code: 'Success' }])],
    ['no code', reply(200, { errorDescription: 'Success' })],
    ['an empty code', reply(200, { code: '' })],
    ['a code that is no text', reply(200, { code: true })],
    ['a code in other case', reply(200, { Code: 'Success' })],
    ['an empty body', reply(200, '')],
    ['201', reply(201, { code: 'Success' })],
    ['204', reply(204, '')],
    ['a redirect', reply(302, { code: 'Success' }, { location: 'https://elsewhere' })],
    ['400', reply(400, { code: 'Success' })],
    ['500', reply(500, { code: 'Success' })],
  ])('has no verdict in %s', (_name, answer) => {
    expect(() => processScepActionResponse(answer)).toThrow(
      expect.objectContaining({ code: 'ERR_VALIDATOR_UNAVAILABLE', retryAfterSeconds: 60 }),
    );
  });

  it.each([401, 403])('takes %i as a matter of permissions', (status) => {
    expect(() => processScepActionResponse(reply(status, ''))).toThrow(
      expect.objectContaining({ code: 'ERR_INTUNE_FORBIDDEN' }),
    );
  });

  it.each([
    [{ 'retry-after': '120' }, 120],
    [{ 'retry-after': '5' }, 60],
    [{ 'retry-after': '999999' }, 3600],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:05:00 GMT', date: 'Sun, 01 Mar 2026 12:00:00 GMT' }, 300],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:05:00 GMT' }, 60],
    [{ 'retry-after': 'soon' }, 60],
  ])('passes %j on as %i seconds', (responseHeaders, seconds) => {
    expect(() => processScepActionResponse(reply(429, '', responseHeaders))).toThrow(
      expect.objectContaining({ retryAfterSeconds: seconds }),
    );
  });

  it('repeats the gateway’s own words, but no text of another shape', () => {
    const message = JSON.stringify({ _version: 3, Message: 'An internal server error has occurred' });
    const told = detailOf(() =>
      processScepActionResponse(reply(500, { error: { code: 'InternalError', message } })),
    );
    expect(told).toBe('Intune answered HTTP 500; InternalError: An internal server error has occurred');
    expect(detailOf(() => processScepActionResponse(reply(500, 'PENlcnRFbnJvbGxUb2tlbj')))).toBe(
      'Intune answered HTTP 500',
    );
  });
});

describe('judge', () => {
  it('takes Success, exactly, as the only yes', () => {
    expect(judge({ code: 'Success', description: 'any' })).toEqual({ granted: true, resultCode: 'Success' });
    const others = [...Object.keys(RESULT_CODES), 'success', 'SUCCESS', ' Success', 'Success ', 'NewCode'];
    for (const code of others.filter((name) => name !== 'Success')) {
      expect(judge({ code, description: 'why' })).toEqual({
        granted: false,
        code: code === 'ChallengeExpired' ? 'ERR_INTUNE_EXPIRED' : 'ERR_INTUNE_REFUSED',
        resultCode: code,
        detail: `${code}: why`,
      });
    }
  });

  it('calls a refusal what it is told to, and bounds the detail', () => {
    const ruling = judge({ code: 'X', description: 'y'.repeat(5000) }, 'ERR_NOTIFICATION_REFUSED');
    expect(ruling).toMatchObject({ granted: false, code: 'ERR_NOTIFICATION_REFUSED' });
    expect(ruling.granted || ruling.detail.length).toBe(500);
  });
});

function detailOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof SkepError ? thrown.detail : undefined;
  }
  return undefined;
}
