/** @module The issuer is the CA's subject, octet for octet, and not empty. */
import { equalBytes } from '../../base/bytes.js';
import type { Lint } from './rule.js';

export const issuerName: Lint = {
  name: 'issuer-name',
  source: 'RFC 5280 sections 4.1.2.4 and 7.1',
  holds: ({ issuer }, { certificate }) =>
    issuer.content.length > 0 && equalBytes(issuer.bytes, certificate.subject.der),
};
