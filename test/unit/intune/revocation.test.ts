import { describe, expect, it } from 'vitest';
import {
  downloadRequest,
  processDownloadResponse,
  processUploadResponse,
  REVOCATION_ERRORS,
  uploadRequest,
} from '../../../lib/intune/revocation.js';
import { reply } from './fake-cloud.js';

const headers = { 'Content-Type': 'application/json; charset=utf-8', 'api-version': '5019-05-05' };

describe('downloadRevocationRequests', () => {
  it('asks', () => {
    const { body, ...rest } = downloadRequest('https://x/b', { maxRequests: 500, issuerName: 'CN=CA' });
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://x/b/CertificateAuthorityRequests/downloadRevocationRequests',
      headers,
    });
    expect(JSON.parse(body ?? '')).toEqual({ downloadParameters: { maxRequests: 500, issuerName: 'CN=CA' } });
    expect(JSON.parse(downloadRequest('', { maxRequests: 1 }).body ?? '')).toEqual({
      downloadParameters: { maxRequests: 1, issuerName: null },
    });
  });

  it.each([0, 501, 1.5, -1, NaN])('does not ask for %d', (maxRequests) => {
    expect(() => downloadRequest('', { maxRequests })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG' }),
    );
  });

  it('reads members in any case', () => {
    const value = [
      { requestContext: 'c1', serialNumber: '0A', issuerName: 'CN=CA', caConfiguration: null },
      { RequestContext: 'c2', SERIALNUMBER: '0B' },
    ];
    const expected = [
      { requestContext: 'c1', serialNumber: '0A', issuerName: 'CN=CA', caConfiguration: undefined },
      { requestContext: 'c2', serialNumber: '0B', issuerName: undefined, caConfiguration: undefined },
    ];
    expect(processDownloadResponse(reply(200, { value }))).toEqual(expected);
    expect(processDownloadResponse(reply(200, { Value: value }))).toEqual(expected);
    expect(processDownloadResponse(reply(200, { value: [] }))).toEqual([]);
  });

  it('keeps those that are whole beside those that are not', () => {
    const value = [{ requestContext: 'c1', serialNumber: '0A' }, { requestContext: 'c2' }, {}, null];
    expect(
      processDownloadResponse(reply(200, { value })).map(({ requestContext, serialNumber }) => [
        requestContext,
        serialNumber,
      ]),
    ).toEqual([
      ['c1', '0A'],
      ['c2', ''],
      ['', ''],
      ['', ''],
    ]);
  });

  it.each([
    ['no value', reply(200, {})],
    ['no list', reply(200, { value: {} })],
    ['no JSON', reply(200, 'x')],
    ['a request without context', reply(200, { value: [{ serialNumber: '0A' }] })],
    ['a request that is none', reply(200, { value: [null] })],
    ['500', reply(500, { value: [] })],
  ])('has no list in %s', (_name, answer) => {
    expect(() => processDownloadResponse(answer)).toThrow(
      expect.objectContaining({ code: 'ERR_VALIDATOR_UNAVAILABLE' }),
    );
  });
});

describe('uploadRevocationResults', () => {
  it('names the errors', () => {
    const { body, ...rest } = uploadRequest('https://x/b', [
      { requestContext: 'c1', succeeded: true },
      { requestContext: 'c2', succeeded: false, errorCode: 'CertificateNotFoundError', errorMessage: 'no' },
      { requestContext: 'c3', succeeded: false, errorCode: 'RetryableServiceException' },
    ]);
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://x/b/CertificateAuthorityRequests/uploadRevocationResults',
      headers,
    });
    expect(JSON.parse(body ?? '')).toEqual({
      results: [
        { requestContext: 'c1', succeeded: true, errorCode: 'None', errorMessage: null },
        { requestContext: 'c2', succeeded: false, errorCode: 'CertificateNotFoundError', errorMessage: 'no' },
        {
          requestContext: 'c3',
          succeeded: false,
          errorCode: 'RetryableServiceException',
          errorMessage: null,
        },
      ],
    });
  });

  it.each([{ value: true }, { value: 'true' }, { Value: 'True' }])('%j is recorded', (body) => {
    expect(() => {
      processUploadResponse(reply(200, body));
    }).not.toThrow();
  });

  it.each([{ value: false }, { value: 'false' }, { value: 1 }, {}, 'true'])('%j is not', (body) => {
    expect(() => {
      processUploadResponse(reply(200, body));
    }).toThrow(expect.objectContaining({ code: 'ERR_VALIDATOR_UNAVAILABLE' }));
  });
});

it('calls those of 4100 and above retryable', () => {
  for (const { number, retryable } of Object.values(REVOCATION_ERRORS)) {
    expect(retryable).toBe(number >= 4100);
  }
});
