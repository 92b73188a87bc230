/** @module Alternative names are critical if and only if the subject is empty; one of the two says something. */
import { readGeneralNames } from '../../pki/general-names.js';
import { OID } from '../../pki/oids.js';
import type { Lint } from './rule.js';

export const subjectAltName: Lint = {
  name: 'subject-alt-name',
  source: 'RFC 5280 sections 4.1.2.6 and 4.2.1.6',
  holds: ({ find, subject }) => {
    const nameless = subject.rdns.length === 0;
    const found = find(OID.subjectAltName);
    if (!found) return !nameless;
    return found.critical === nameless && readGeneralNames(found.value).length > 0;
  },
};
