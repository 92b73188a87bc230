/** @module Key usage: what was asked for, within the profile; never a CA's bits (RFC 5280 section 4.2.1.3). */
import { SkepError } from '../../base/errors.js';
import type { KeyUsage } from '../../pki/extensions.js';
import type { Shaper } from '../pipeline.js';

/** Nobody asks for these by accident: the request is refused, not trimmed. */
const AUTHORITY_USAGES: ReadonlySet<KeyUsage> = new Set(['keyCertSign', 'cRLSign']);

/** @throws {SkepError} `ERR_KEY_USAGE` */
export const shapeKeyUsage: Shaper<'keyUsage'> = ({ requested, profile, note }) => {
  const asked = requested.keyUsage;
  if (!asked) return profile.keyUsage;
  const taken = asked.filter((usage) => AUTHORITY_USAGES.has(usage));
  if (taken.length > 0) throw new SkepError('ERR_KEY_USAGE', { detail: taken.join(', ') });
  const granted = profile.keyUsage.filter((usage) => asked.includes(usage));
  if (granted.length === 0) throw new SkepError('ERR_KEY_USAGE', { detail: asked.join(', ') || 'none' });
  const dropped = asked.filter((usage) => !granted.some((kept) => kept === usage));
  if (dropped.length > 0) note('key-usage-dropped', dropped.join(', '));
  return granted;
};
