import { describe, expect, it } from 'vitest';
import { isWebUrl } from '../../../lib/issuance/web-url.js';

describe('isWebUrl', () => {
  it.each([
    'http://ca.example/crl',
    'https://ca.example:8443/',
    'http://[2001:db8::1]/ocsp',
    'HTTP://ca.example/',
  ])('takes %s', (url) => {
    expect(isWebUrl(url)).toBe(true);
  });
  it.each([
    'ftp://x/',
    'http://',
    'http:///x',
    'http://zürich.example/',
    'http://a\n.example/',
    '/crl',
    'http://a:b/',
  ])('refuses %j', (url) => {
    expect(isWebUrl(url)).toBe(false);
  });
});
