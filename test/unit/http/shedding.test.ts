/** Who was turned away comes back at a time of its own. */
import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createScepHandler } from '../../../lib/http/scep.js';
import { spreadRetry } from '../../../lib/http/shedding.js';
import { createBench, intuneEndpoint, post } from '../../support/scep-bench.js';

const drawn = (high: number, low: number) => () => Uint8Array.of(high, low);

describe('spreadRetry', () => {
  it.each([
    [0, 0, 30],
    [0x80, 0, 45],
    [0xff, 0xff, 60],
    // 1/31 of 65 536 is 2114.06: the first share that is a second more.
    [0x08, 0x42, 30],
    [0x08, 0x43, 31],
  ])('makes %d, %d of thirty seconds: %d', (high, low, seconds) => {
    expect(spreadRetry(30, drawn(high, low))).toBe(seconds);
  });

  it('gives every whole second of the range, and nothing else', () => {
    const all = Array.from({ length: 65_536 }, (_, share) => spreadRetry(30, drawn(share >> 8, share & 255)));
    const counts = new Map<number, number>();
    for (const seconds of all) counts.set(seconds, (counts.get(seconds) ?? 0) + 1);
    expect([...counts.keys()]).toEqual(Array.from({ length: 31 }, (_, more) => 30 + more));
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
  });
});

describe('SCEP', () => {
  it.each([
    [0, '30'],
    [0x80, '45'],
    [0xff, '60'],
  ])('tells whoever there is no room for when to come back, unread: %d makes %s', async (octet, seconds) => {
    const { service } = await createBench();
    const full = createScepHandler(
      { ...service, random: drawn(octet, 0) },
      new Map([['intune', intuneEndpoint()]]),
      { maxBodyBytes: 262_144, maxConcurrent: 0, chain: 'issuer' },
    );
    const unreadable = { arrayBuffer: () => Promise.reject(new Error('the body was read')) };
    const { method, url, headers } = post(Uint8Array.of(1));
    const answer = await full('intune', '', { method, url, headers, ...unreadable });
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, seconds]);
  });

  it.each([
    [0, '7'],
    [0xff, '14'],
  ])('adds to what the key asks for: %d makes %s', async (octet, seconds) => {
    const bench = await createBench();
    const throttled = () =>
      Promise.reject(new SkepError('ERR_SIGNER_THROTTLED', { retryAfterSeconds: 7, detail: 'the vault' }));
    const handle = createScepHandler(
      { ...bench.service, random: drawn(octet, octet), authority: throttled },
      new Map([['intune', intuneEndpoint()]]),
      { maxBodyBytes: 262_144, maxConcurrent: 4, chain: 'issuer' },
    );
    const answer = await handle('intune', '', post(bench.build()));
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, seconds]);
  });
});
