import { describe, expect, it } from 'vitest';
import { respondingWeb } from '../../../dev/web-response.js';
import { respond } from '../../../lib/http/http.js';
import { isPlainHttp, requireHttps } from '../../../lib/http/https-only.js';

const request = (url: string, forwarded?: string) =>
  new Request(url, forwarded === undefined ? {} : { headers: { 'x-forwarded-proto': forwarded } });

describe('isPlainHttp', () => {
  it.each([
    ['http://ca.example/', undefined, true],
    ['https://ca.example/', undefined, false],
    ['http://ca.example/', 'https', false],
    ['http://ca.example/', 'HTTPS', false],
    ['http://ca.example/', 'https, https', false],
    ['https://ca.example/', 'http', true],
    ['http://ca.example/', 'https,http', true],
    ['http://ca.example/', 'http, https', true],
    ['https://ca.example/', '', true],
  ])('%s forwarded as %s: %s', (url, forwarded, plain) => {
    expect(isPlainHttp(request(url, forwarded))).toBe(plain);
  });
});

describe('requireHttps', () => {
  const guarded = respondingWeb(
    requireHttps((_request: Request, name: string) => Promise.resolve(respond(200, name, 'text/plain'))),
  );

  it('hands HTTPS on, with all that belongs to it', async () => {
    expect(await (await guarded(request('https://ca.example/'), 'there')).text()).toBe('there');
  });

  it('refuses plain HTTP without asking the handler', async () => {
    const response = await guarded(request('http://ca.example/'), 'there');
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('ERR_PLAIN_HTTP: This address is served over HTTPS only.\n');
    expect(response.headers.get('location')).toBeNull();
  });
});
