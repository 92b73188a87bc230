/** @module Extensions that no rule names are left out, and said to be left out. */
import { OID } from '../../pki/oids.js';
import type { Check } from '../pipeline.js';

/**
 * Among them name constraints, application policies (1.3.6.1.4.1.311.21.10, which Windows puts above the extended key
 * usage) and templates. A Windows security identifier (1.3.6.1.4.1.311.25.2) is what an impostor adds to become
 * somebody else in Active Directory: Intune does not look at it, so it is never copied and worth an alert.
 */
export const noteIgnoredExtensions: Check = ({ requested, note }) => {
  for (const type of requested.others) {
    note(type === OID.msNtdsCaSecurity ? 'sid-extension' : 'extension-ignored', type);
  }
};
