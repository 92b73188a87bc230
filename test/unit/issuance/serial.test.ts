import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../lib/base/bytes.js';
import { createSerialNumber } from '../../../lib/issuance/serial.js';
import { integer } from '../../../lib/pki/der.js';
import { codeOf } from '../../support/error-code.js';

describe('createSerialNumber', () => {
  it.each([
    [0x00, '0', `40${'00'.repeat(18)}00`],
    [0xff, '0', `7F${'FF'.repeat(18)}F0`],
    [0xff, 'a', `7F${'FF'.repeat(18)}FA`],
    [0x85, 'F', `45${'85'.repeat(18)}8F`],
  ])('from octets %i and shard %s', (fill, shard, expected) => {
    expect(toHex(createSerialNumber((length) => new Uint8Array(length).fill(fill), shard))).toBe(expected);
  });

  it('is always 20 octets, as an INTEGER too', () => {
    for (let i = 0; i < 200; i++) {
      const serial = createSerialNumber(randomBytes, '7');
      expect(serial).toHaveLength(20);
      expect(integer(serial)).toHaveLength(22);
      expect(toHex(serial)).toMatch(/^[4-7][0-9A-F]{38}7$/);
    }
  });

  it('leaves the random octets alone', () => {
    const source = Uint8Array.from({ length: 20 }, () => 0xff);
    createSerialNumber(() => source, '0');
    expect(source.every((octet) => octet === 0xff)).toBe(true);
  });

  it.each(['', 'g', 'AB'])('refuses the shard %j', (shard) => {
    expect(codeOf(() => createSerialNumber(randomBytes, shard))).toBe('ERR_INTERNAL');
  });

  it('refuses a source that runs short', () => {
    expect(codeOf(() => createSerialNumber(() => new Uint8Array(8), '0'))).toBe('ERR_INTERNAL');
  });
});
