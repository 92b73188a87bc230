/** @module A security identifier, where there is one, is of a domain account: never a built-in one such as Administrators. */
import { OID } from '../../pki/oids.js';
import { readSidExtension } from '../../pki/sid-extension.js';
import type { Lint } from './rule.js';

export const securityIdentifier: Lint = {
  name: 'security-identifier',
  source: 'MS-WCCE section 2.2.2.7.7.4',
  holds: ({ find }) => {
    const extension = find(OID.msNtdsCaSecurity);
    if (!extension) return true;
    return !extension.critical && /^S-1-5-21(?:-\d{1,10}){4}$/.test(readSidExtension(extension.value));
  },
};
