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
/** The octets of a request about it. */
const request = (serialNumber: string, der = serialNumber): Uint8Array => Buffer.from(`asks for ${der}`);
const NOW = new Date(0);
const LATER = new Date(1000);

describe('the cache of OCSP answers', () => {
  it('keeps an answer until its time', () => {
    const cache = createAnswerCache<string>(10);
    cache.put(request('01'), id('01'), 'good', LATER, cache.changes());
    expect(cache.get(id('01'), new Date(999))).toBe('good');
    expect(cache.get(id('02'), NOW)).toBeUndefined();
    expect(cache.get(id('01', 'asked by another hash'), NOW)).toBeUndefined();
    expect(cache.get(id('01'), LATER)).toBeUndefined();
  });

  it('forgets what was used longest ago', () => {
    const cache = createAnswerCache<string>(2);
    for (const serial of ['01', '02']) cache.put(request(serial), id(serial), serial, LATER, 0);
    cache.get(id('01'), NOW);
    cache.put(request('03'), id('03'), '03', LATER, 0);
    expect(['01', '02', '03'].map((serial) => cache.get(id(serial), NOW))).toEqual(['01', undefined, '03']);
  });

  it('forgets every answer about a certificate that changed, and keeps the others', () => {
    const cache = createAnswerCache<string>(10);
    cache.put(request('01', 'sha1'), id('01', 'sha1'), 'good', LATER, 0);
    cache.put(request('01', 'sha256'), id('01', 'sha256'), 'good', LATER, 0);
    cache.put(request('0102'), id('0102'), 'good', LATER, 0);
    cache.invalidate('01');
    expect(cache.get(id('01', 'sha1'), NOW)).toBeUndefined();
    expect(cache.get(id('01', 'sha256'), NOW)).toBeUndefined();
    expect(cache.get(id('0102'), NOW)).toBe('good');
  });

  it('does not keep an answer that a change overtook', () => {
    const cache = createAnswerCache<string>(10);
    const before = cache.changes();
    cache.invalidate('01');
    cache.put(request('01'), id('01'), 'good', LATER, before);
    expect(cache.get(id('01'), NOW)).toBeUndefined();
  });

  it('knows a request by its octets, for as long as there is an answer to it', () => {
    const cache = createAnswerCache<string>(2);
    cache.put(request('01'), id('01'), 'good', LATER, 0);
    expect(cache.repeat(request('01'), new Date(999))).toBe('good');
    expect(cache.repeat(request('02'), NOW)).toBeUndefined();
    expect(cache.repeat(request('01').subarray(0, -1), NOW)).toBeUndefined();
    cache.put(Buffer.from('asks otherwise'), id('01'), 'good still', LATER, 0);
    expect(cache.repeat(request('01'), NOW)).toBe('good still');
    cache.invalidate('01');
    expect(cache.repeat(request('01'), NOW)).toBeUndefined();
    cache.put(request('02'), id('02'), 'good', LATER, cache.changes());
    expect(cache.repeat(request('02'), LATER)).toBeUndefined();
  });

  it('remembers no more requests than answers, and none that is long', () => {
    const cache = createAnswerCache<string>(2);
    for (const asked of ['a', 'b', 'c']) cache.put(Buffer.from(asked), id('01'), 'good', LATER, 0);
    expect(['a', 'b', 'c'].map((asked) => cache.repeat(Buffer.from(asked), NOW))).toEqual([
      undefined,
      'good',
      'good',
    ]);
    cache.put(Buffer.alloc(257), id('01'), 'good', LATER, 0);
    expect(cache.repeat(Buffer.alloc(257), NOW)).toBeUndefined();
    expect(cache.get(id('01'), NOW)).toBe('good');
  });
});
