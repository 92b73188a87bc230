import { describe, expect, it } from 'vitest';
import { createSubstitute, unpadOrSubstitute } from '../../../lib/keys/implicit-rejection.js';
import { toHex } from '../../../lib/base/bytes.js';
import { codeOf } from '../../support/error-code.js';

const SECRET = new Uint8Array(32).fill(7);
const ENCRYPTED = new Uint8Array(256).fill(1);

describe('createSubstitute', () => {
  const substitute = createSubstitute(SECRET);

  it.each([8, 16, 24, 32])('gives %i octets, the same for the same', (length) => {
    const first = substitute(ENCRYPTED, length);
    expect(first).toHaveLength(length);
    expect(toHex(substitute(Uint8Array.from(ENCRYPTED), length))).toBe(toHex(first));
  });

  it('gives others for other octets, and to another server', () => {
    const others = [new Uint8Array(256).fill(2), ENCRYPTED.subarray(1), new Uint8Array()];
    const all = [ENCRYPTED, ...others].map((octets) => toHex(substitute(octets, 16)));
    all.push(toHex(createSubstitute(SECRET.map((octet) => octet + 1))(ENCRYPTED, 16)));
    expect(new Set(all).size).toBe(all.length);
  });

  it('has no more than a hash gives', () => {
    expect(codeOf(() => substitute(ENCRYPTED, 33))).toBe('ERR_INTERNAL');
  });
});

describe('unpadOrSubstitute', () => {
  const key = new Uint8Array(16).fill(9);
  const substitute = new Uint8Array(16).fill(5);
  const block = Buffer.concat([Buffer.of(0, 2), Buffer.alloc(256 - 19, 3), Buffer.of(0), key]);

  it('takes a good padding off', () => {
    expect(unpadOrSubstitute(block, substitute)).toEqual(key);
  });

  it.each([
    ['the first octet', 0, 1],
    ['the block type', 1, 1],
    ['a zero in the padding', 2, 0],
    ['a zero before the separator', 256 - 18, 0],
    ['the separator', 256 - 17, 1],
  ])('gives the substitute when %s is wrong', (_what, at, octet) => {
    const damaged = Buffer.from(block);
    damaged[at] = octet;
    expect(unpadOrSubstitute(damaged, substitute)).toEqual(substitute);
  });

  it('gives the substitute for a block too short for any padding', () => {
    expect(unpadOrSubstitute(block.subarray(256 - 26), substitute)).toEqual(substitute);
  });
});
