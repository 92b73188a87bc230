/** @module A device never becomes a certification authority (RFC 5280 section 4.2.1.9). */
import { SkepError } from '../../base/errors.js';
import type { Check } from '../pipeline.js';

export const refuseAuthority: Check = ({ requested }) => {
  if (requested.isAuthority) throw new SkepError('ERR_EXTENSION', { detail: 'basicConstraints cA' });
};
