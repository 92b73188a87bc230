import { describe, expect, it } from 'vitest';
import { toResponse } from '../../../dev/web-response.js';
import { refuseMethod, respondDocument, type PublicDocument } from '../../../lib/http/document.js';

const document: PublicDocument = {
  body: Buffer.from('abc'),
  contentType: 'application/pkix-crl',
  etag: 'C0FFEE',
  modifiedAt: new Date('2026-03-01T02:03:04.999Z'),
  maxAgeSeconds: 59.9,
  expiresAt: new Date('2026-03-01T02:04:04Z'),
};

const ask = (headers: Record<string, string> = {}, method = 'GET') =>
  toResponse(respondDocument(new Request('http://skep.test/', { method, headers }), document));

describe('a public document', () => {
  it('says what it is, how long it is, and how long it keeps', async () => {
    const response = ask();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/pkix-crl',
      'content-length': '3',
      'cache-control': 'max-age=59, public, no-transform, must-revalidate',
      etag: '"C0FFEE"',
      'last-modified': 'Sun, 01 Mar 2026 02:03:04 GMT',
      expires: 'Sun, 01 Mar 2026 02:04:04 GMT',
    });
    expect(await response.text()).toBe('abc');
  });

  it('answers HEAD with the same headers and no body', async () => {
    const response = ask({}, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('3');
    expect(await response.text()).toBe('');
  });

  it.each([
    { 'if-none-match': '"C0FFEE"' },
    { 'if-none-match': '"other", W/"C0FFEE"' },
    { 'if-none-match': '*' },
    { 'if-modified-since': 'Sun, 01 Mar 2026 02:03:04 GMT' },
    { 'if-modified-since': 'Mon, 02 Mar 2026 00:00:00 GMT' },
  ])('is not sent again: %o', async (headers) => {
    const response = ask(headers);
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe('"C0FFEE"');
    expect(await response.text()).toBe('');
  });

  it.each([
    { 'if-none-match': '"other"' },
    { 'if-none-match': '"other"', 'if-modified-since': 'Mon, 02 Mar 2026 00:00:00 GMT' },
    { 'if-modified-since': 'Sun, 01 Mar 2026 02:03:03 GMT' },
    { 'if-modified-since': 'soon' },
  ])('is sent: %o', (headers) => {
    expect(ask(headers).status).toBe(200);
  });

  it('is asked for by GET and HEAD', () => {
    const refused = (method: string) => refuseMethod(new Request('http://skep.test/', { method }));
    expect([refused('GET'), refused('HEAD')]).toEqual([undefined, undefined]);
    expect(refused('POST')?.status).toBe(405);
    expect(refused('POST')?.headers['allow']).toBe('GET, HEAD');
  });
});
