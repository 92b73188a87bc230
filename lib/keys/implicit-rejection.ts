/**
 * @module What an envelope opens to when it does not open.
 *
 * Anyone can sign a captured envelope again and send it: the server is a decryption oracle (RFC 3218). So a damaged
 * key encryption never fails. It yields a key that nobody knows and that is the same whenever the same octets come,
 * and what follows fails as it does for any wrong key.
 */
import { createHmac, hash } from 'node:crypto';
import { concat } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';

/** Gives the substitute for `encryptedKey`, `length` octets long: at most 32. */
export type Substitute = (encryptedKey: Uint8Array, length: number) => Uint8Array;

/** SHA-256 gives as much; no content-encryption key is longer. */
const MAX_LENGTH = 32;

/**
 * A hash over secret and octets will do: HMAC keeps whoever saw one from computing those of longer octets, and nobody
 * sees a substitute.
 * @param secret known to this server only; at least 32 octets.
 */
export function createSubstitute(secret: Uint8Array): Substitute {
  const key = createHmac('sha256', secret).update('implicit rejection').digest();
  return (encryptedKey, length) => {
    if (length > MAX_LENGTH) throw new SkepError('ERR_INTERNAL', { detail: `a key of ${length} octets` });
    return hash('sha256', concat([key, encryptedKey]), 'buffer').subarray(0, length);
  };
}

/** `00 02`, at least eight octets of padding that are not zero, `00` (RFC 8017 section 7.2.2). */
const MIN_OVERHEAD = 11;

/**
 * Takes the PKCS#1 v1.5 padding off without a branch or an index that depends on secret octets: the length of the
 * content-encryption key is known, so the separator can stand in one place only.
 * @param block the raw RSA result, as long as the modulus.
 * @param substitute what to answer when the padding is wrong; its length is the expected one.
 */
export function unpadOrSubstitute(block: Uint8Array, substitute: Uint8Array): Uint8Array {
  const { length } = substitute;
  if (block.length < length + MIN_OVERHEAD) return substitute;
  const separator = block.length - length - 1;
  const at = (index: number): number => block[index] ?? 0;
  let wrong = at(0) | (at(1) ^ 2) | at(separator);
  // For an octet x, (x - 1) >> 8 is -1 when x is zero and 0 otherwise.
  for (let i = 2; i < separator; i++) wrong |= (at(i) - 1) >> 8;
  const mask = (wrong | -wrong) >> 31;
  return substitute.map((octet, i) => (octet & mask) | (at(separator + 1 + i) & ~mask));
}
