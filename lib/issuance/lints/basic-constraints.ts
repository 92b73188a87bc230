/** @module Basic constraints are there, critical and empty: DER for "no certification authority". */
import { readWhole, TAG } from '../../pki/der.js';
import { OID } from '../../pki/oids.js';
import type { Lint } from './rule.js';

export const basicConstraints: Lint = {
  name: 'basic-constraints',
  source: 'RFC 5280 section 4.2.1.9',
  holds: ({ find }) => {
    const found = find(OID.basicConstraints);
    return found?.critical === true && readWhole(found.value, TAG.sequence).content.length === 0;
  },
};
