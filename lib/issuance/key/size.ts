/** @module The modulus is as long as the profile wants it, in whole octets (CA/Browser Forum BR section 6.1.5). */
import { SkepError } from '../../base/errors.js';
import type { KeyRule } from './rsa-key.js';

export const assertSize: KeyRule = ({ bits }, { rsaBits }) => {
  if (bits < rsaBits.min || bits > rsaBits.max || bits % 8 !== 0) {
    throw new SkepError('ERR_KEY_SIZE', { detail: `RSA-${bits}` });
  }
};
