import { describe, expect, it } from 'vitest';
import { parseSerialNumber } from '../../../lib/revocation/serial-number.js';

describe('parseSerialNumber', () => {
  it.each([
    ['4A0F', '4A0F'],
    ['4a0f', '4A0F'],
    ['0x4a0f', '4A0F'],
    [' 4a:0f ', '4A0F'],
    ['00 4a 0f', '4A0F'],
    ['a0f', '0A0F'],
    ['00', '00'],
  ])('reads %j', (text, serialNumber) => {
    expect(parseSerialNumber(text)).toBe(serialNumber);
  });

  it.each(['', '  ', '0x', 'xyz', '4A-0F', 'A'.repeat(65), '0'.repeat(300), "1' or '"])(
    'refuses %j',
    (text) => {
      expect(parseSerialNumber(text)).toBeUndefined();
    },
  );
});
