/** @module client-request-id: the name under which Microsoft's support finds a call. */
import { toHex } from '../base/bytes.js';
import type { RandomBytes } from '../base/random.js';

/** A random UUID (RFC 9562 section 5.4). */
export function createRequestId(randomBytes: RandomBytes): string {
  const octets = Uint8Array.from(randomBytes(16));
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x40;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(octets).toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
