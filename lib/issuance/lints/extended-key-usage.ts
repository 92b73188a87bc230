/** @module Extended key usage is there, names something, and nothing that could act for others. */
import { children, readOid, readWhole, TAG } from '../../pki/der.js';
import { OID } from '../../pki/oids.js';
import { FORBIDDEN_PURPOSES } from '../purposes.js';
import type { Lint } from './rule.js';

export const extendedKeyUsage: Lint = {
  name: 'extended-key-usage',
  source: 'RFC 5280 section 4.2.1.12',
  holds: ({ find }) => {
    const found = find(OID.extKeyUsage);
    if (!found) return false;
    const purposes = children(readWhole(found.value, TAG.sequence)).map(readOid);
    return purposes.length > 0 && !purposes.some((purpose) => FORBIDDEN_PURPOSES.has(purpose));
  },
};
