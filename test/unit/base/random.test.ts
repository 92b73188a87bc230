import { describe, expect, it } from 'vitest';
import { toHex } from '../../../lib/base/bytes.js';
import { systemRandom } from '../../../lib/base/random.js';

describe('systemRandom', () => {
  it.each([0, 1, 16, 4096, 10_000])('gives %i octets', (length) => {
    expect(systemRandom(length)).toHaveLength(length);
  });

  it('gives others each time', () => {
    const taken = Array.from({ length: 2000 }, () => systemRandom(16));
    expect(new Set(taken.map(toHex)).size).toBe(taken.length);
  });

  it('does not change what it gave', () => {
    const first = systemRandom(32);
    const before = toHex(first);
    for (let i = 0; i < 500; i++) systemRandom(32);
    expect(toHex(first)).toBe(before);
  });
});
