/** @module No prime up to 751 divides the modulus (NIST SP 800-89 section 5.3.3, CA/Browser Forum BR section 6.1.6). */
import { SkepError } from '../../base/errors.js';
import type { KeyRule } from './rsa-key.js';

export const refuseSmallFactors: KeyRule = ({ modulus, residues }) => {
  const even = ((modulus.at(-1) ?? 0) & 1) === 0;
  if (even || residues().includes(0)) {
    throw new SkepError('ERR_KEY_WEAK', { detail: 'small factor' });
  }
};
