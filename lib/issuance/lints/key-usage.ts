/** @module Key usage is critical, has a bit set, and none that only a CA may have. */
import { readNamedBits, readWhole, TAG } from '../../pki/der.js';
import { KEY_USAGE_BITS } from '../../pki/extensions.js';
import { OID } from '../../pki/oids.js';
import type { Lint } from './rule.js';

const AUTHORITY_BITS: readonly number[] = [KEY_USAGE_BITS.keyCertSign, KEY_USAGE_BITS.cRLSign];

export const keyUsage: Lint = {
  name: 'key-usage',
  source: 'RFC 5280 section 4.2.1.3',
  holds: ({ find }) => {
    const found = find(OID.keyUsage);
    if (!found?.critical) return false;
    const bits = readNamedBits(readWhole(found.value, TAG.bitString));
    return bits.length > 0 && !bits.some((bit) => AUTHORITY_BITS.includes(bit));
  },
};
