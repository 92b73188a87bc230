import { describe, expect, it } from 'vitest';
import { createAnswerCache } from '../../../lib/revocation/answer-cache.js';
import type { CertId } from '../../../lib/pki/ocsp-request.js';

const id = (serialNumber: string, der = serialNumber): CertId => ({
  der: Buffer.from(der),
  hash: 'sha1',
  issuerNameHash: new Uint8Array(),
  issuerKeyHash: new Uint8Array(),
  serialNumber,
});
const NOW = new Date(0);
const LATER = new Date(1000);

describe('the cache of OCSP answers', () => {
  it('keeps an answer until its time', () => {
    const cache = createAnswerCache<string>(10);
    cache.put(id('01'), 'good', LATER, cache.changes());
    expect(cache.get(id('01'), new Date(999))).toBe('good');
    expect(cache.get(id('02'), NOW)).toBeUndefined();
    expect(cache.get(id('01', 'asked by another hash'), NOW)).toBeUndefined();
    expect(cache.get(id('01'), LATER)).toBeUndefined();
  });

  it('forgets what was used longest ago', () => {
    const cache = createAnswerCache<string>(2);
    for (const serial of ['01', '02']) cache.put(id(serial), serial, LATER, 0);
    cache.get(id('01'), NOW);
    cache.put(id('03'), '03', LATER, 0);
    expect(['01', '02', '03'].map((serial) => cache.get(id(serial), NOW))).toEqual(['01', undefined, '03']);
  });

  it('forgets every answer about a certificate that changed, and keeps the others', () => {
    const cache = createAnswerCache<string>(10);
    cache.put(id('01', 'sha1'), 'good', LATER, 0);
    cache.put(id('01', 'sha256'), 'good', LATER, 0);
    cache.put(id('0102'), 'good', LATER, 0);
    cache.invalidate('01');
    expect(cache.get(id('01', 'sha1'), NOW)).toBeUndefined();
    expect(cache.get(id('01', 'sha256'), NOW)).toBeUndefined();
    expect(cache.get(id('0102'), NOW)).toBe('good');
  });

  it('does not keep an answer that a change overtook', () => {
    const cache = createAnswerCache<string>(10);
    const before = cache.changes();
    cache.invalidate('01');
    cache.put(id('01'), 'good', LATER, before);
    expect(cache.get(id('01'), NOW)).toBeUndefined();
  });
});
