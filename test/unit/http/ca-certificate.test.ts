import { beforeAll, describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createCaCertificateHandler } from '../../../lib/http/ca-certificate.js';
import type { Authority } from '../../../lib/keys/authority.js';
import { respondingWeb } from '../../../dev/web-response.js';
import { openssl } from '../../support/openssl.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';

let ca: TestAuthority;
let former: TestAuthority;
let authority: Authority;

beforeAll(async () => {
  ca = await testAuthority('ec');
  former = await testAuthority('rsa');
  const upper = former.authority.issuer.certificate;
  authority = { ...ca.authority, chain: [upper], trusted: [ca.authority.issuer.certificate, upper] };
});

const get = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
  respondingWeb(createCaCertificateHandler(() => Promise.resolve(authority)))(
    new Request(`http://skep.test${path}`, { method, headers }),
  );

const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('the CA certificate over HTTP', () => {
  it('is one certificate in DER', async () => {
    for (const path of ['/ca', '/ca/', '/ca/ca.cer', '/CA/ca.CRT', `/ca/${ca.issuerId}.cer`]) {
      const response = await get(path);
      expect(response.headers.get('content-type')).toBe('application/pkix-cert');
      expect(await bytes(response)).toEqual(Buffer.from(authority.issuer.certificate));
    }
  });

  it('is the chain in PEM and in PKCS#7', async () => {
    const pem = await (await get('/ca/ca.pem')).text();
    expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(pem.startsWith(ca.caPem)).toBe(true);
    const p7c = await get('/ca/ca.p7c');
    expect(p7c.headers.get('content-type')).toBe('application/pkcs7-mime');
    const printed = openssl(['pkcs7', '-inform', 'DER', '-print_certs', '-noout'], await bytes(p7c));
    expect(printed.match(/subject=/g)).toHaveLength(2);
    expect(printed.indexOf('EC CA')).toBeLessThan(printed.indexOf('RSA CA'));
  });

  it('is an earlier one by its id', async () => {
    const response = await get(`/ca/${former.issuerId.toLowerCase()}.cer`);
    expect(await bytes(response)).toEqual(Buffer.from(former.authority.issuer.certificate));
  });

  it('is the one that follows, once it is announced', async () => {
    expect((await get('/ca/next.pem')).status).toBe(404);
    authority = { ...authority, next: [former.authority.issuer.certificate] };
    const pem = await (await get('/ca/next.pem')).text();
    expect(pem).toBe(former.caPem);
    expect(await bytes(await get('/CA/NEXT.cer'))).toEqual(Buffer.from(former.authority.issuer.certificate));
  });

  it('is kept by caches for an hour, and not sent twice', async () => {
    const first = await get('/ca');
    expect(first.headers.get('cache-control')).toMatch(/^max-age=3600, public/);
    const again = await get('/ca', 'GET', { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  it.each(['/ca/other.cer', '/ca/ca.txt', '/ca/ca.constructor', `/ca/${'AB'.repeat(32)}.cer`])(
    'is not at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('is not posted, and is unavailable without an authority', async () => {
    expect((await get('/ca', 'POST')).status).toBe(405);
    const missing = createCaCertificateHandler(() => Promise.reject(new SkepError('ERR_AUTHORITY_MISSING')));
    expect((await missing(new Request('http://skep.test/ca'))).status).toBe(503);
  });
});
