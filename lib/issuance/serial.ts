/** @module Serial numbers: random, of one length, ending in the digit that says which partition they lie in. */
import { SkepError } from '../base/errors.js';
import type { RandomBytes } from '../base/random.js';

const OCTETS = 20;

/**
 * A positive serial number of exactly 20 octets, 154 of its bits random (RFC 5280 section 4.1.2.2).
 * @param shard one hexadecimal digit, the last of the claim; it becomes the last digit of the serial number.
 */
export function createSerialNumber(random: RandomBytes, shard: string): Uint8Array {
  if (!/^[0-9A-F]$/i.test(shard)) throw new SkepError('ERR_INTERNAL', { detail: 'shard is no hex digit' });
  const serial = Uint8Array.from(random(OCTETS));
  if (serial.length !== OCTETS) throw new SkepError('ERR_INTERNAL', { detail: 'random source ran short' });
  // Clear sign bit, positive; next bit set, so that no leading octet is ever dropped and all have 40 digits.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  serial[OCTETS - 1] = ((serial[OCTETS - 1] ?? 0) & 0xf0) | parseInt(shard, 16);
  return serial;
}
