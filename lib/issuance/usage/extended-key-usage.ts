/** @module Extended key usage: everything asked for must be on the profile's list (RFC 5280 section 4.2.1.12). */
import { SkepError } from '../../base/errors.js';
import type { Shaper } from '../pipeline.js';

/** @throws {SkepError} `ERR_EXTENDED_KEY_USAGE` */
export const shapeExtendedKeyUsage: Shaper<'extendedKeyUsage'> = ({ requested, profile }) => {
  if (!requested.extendedKeyUsage) return profile.defaultExtendedKeyUsage;
  const purposes = [...new Set(requested.extendedKeyUsage)];
  const refused = purposes.filter((purpose) => !profile.extendedKeyUsage.has(purpose));
  if (refused.length > 0) throw new SkepError('ERR_EXTENDED_KEY_USAGE', { detail: refused.join(', ') });
  return purposes;
};
