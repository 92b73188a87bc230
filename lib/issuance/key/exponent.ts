/**
 * @module The public exponent is odd and from 2^16+1 to 2^256-1 (FIPS 186-5 appendix A.1.1, CA/Browser Forum BR 6.1.6).
 *
 * The BR still let 3 pass; every client that we know of makes 65537, and small exponents have a history of forged
 * signatures, so the range of FIPS is taken.
 */
import { SkepError } from '../../base/errors.js';
import type { KeyRule } from './rsa-key.js';

/** An odd number of three octets is 2^16+1 or more. */
const MIN_OCTETS = 3;
const MAX_OCTETS = 32;

export const assertExponent: KeyRule = ({ exponent }) => {
  const isOdd = ((exponent.at(-1) ?? 0) & 1) === 1;
  if (!isOdd || exponent.length < MIN_OCTETS || exponent.length > MAX_OCTETS) {
    throw new SkepError('ERR_KEY_WEAK', { detail: 'public exponent' });
  }
};
