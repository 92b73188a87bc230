import { describe, expect, it } from 'vitest';
import { concat } from '../../../lib/base/bytes.js';
import { NULL, octetString, sequence } from '../../../lib/pki/der.js';
import { measureNesting } from '../../../lib/pki/nesting.js';
import { readCaptures, readSynthetic } from '../../support/vectors.js';

const deep = (depth: number): Uint8Array => (depth === 1 ? NULL : sequence(deep(depth - 1)));
const indefinite = (depth: number): Uint8Array =>
  concat([Buffer.alloc(2 * depth, Buffer.of(0x30, 0x80)), Buffer.alloc(2 * depth)]);

describe('measureNesting', () => {
  it.each<[string, Uint8Array, number]>([
    ['nothing', new Uint8Array(), 0],
    ['one element', NULL, 1],
    ['neighbours', sequence(NULL, sequence(NULL), NULL), 3],
    ['the deepest of several', concat([deep(3), deep(7), deep(2)]), 7],
    ['indefinite lengths', indefinite(9), 9],
    ['a neighbour of indefinite lengths', sequence(indefinite(4), deep(8)), 9],
    ['what lies in a string', sequence(octetString(deep(20))), 2],
    ['a length beyond the end', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0), 2],
    ['a length of five octets', Uint8Array.of(0x30, 2, 0x30, 0x85, 0, 0), 1],
    ['a high tag number', Uint8Array.of(0x30, 2, 0x3f, 0x81), 1],
  ])('%s', (_case, bytes, depth) => {
    expect(measureNesting(bytes, 100)).toBe(depth);
  });

  it('counts no further than it is asked to', () => {
    expect(measureNesting(deep(5), 5)).toBe(5);
    expect(measureNesting(deep(6000), 25)).toBe(25);
    expect(measureNesting(indefinite(100_000), 25)).toBe(25);
  });

  it('finds no more than 12 levels in any recorded message: the default has room', () => {
    const messages = [...readCaptures('b-rsa-ca'), ...readCaptures('c-ec-ca-rsa-ra'), ...readSynthetic()];
    const depths = messages.map(({ message }) => measureNesting(message, 100));
    expect(Math.max(...depths)).toBe(12);
  });
});
