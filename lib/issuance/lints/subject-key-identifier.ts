/** @module The subject key identifier is there, not critical, and not empty. */
import { readWhole, TAG } from '../../pki/der.js';
import { OID } from '../../pki/oids.js';
import type { Lint } from './rule.js';

export const subjectKeyIdentifier: Lint = {
  name: 'subject-key-identifier',
  source: 'RFC 5280 section 4.2.1.2',
  holds: ({ find }) => {
    const found = find(OID.subjectKeyIdentifier);
    return found?.critical === false && readWhole(found.value, TAG.octetString).content.length > 0;
  },
};
