/** @module The authority key identifier is there, not critical, and names the CA's key. */
import { equalBytes } from '../../base/bytes.js';
import { contextTag, readWhole, TAG, walk } from '../../pki/der.js';
import { OID } from '../../pki/oids.js';
import type { Lint } from './rule.js';

export const authorityKeyIdentifier: Lint = {
  name: 'authority-key-identifier',
  source: 'RFC 5280 section 4.2.1.1',
  holds: ({ find }, { keyIdentifier }) => {
    const found = find(OID.authorityKeyIdentifier);
    if (!found || found.critical) return false;
    const parts = walk(readWhole(found.value, TAG.sequence));
    const identifier = parts.next(contextTag(0, false)).content;
    parts.end();
    return equalBytes(identifier, keyIdentifier);
  },
};
