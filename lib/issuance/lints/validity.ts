/** @module The certificate's time has an extent and lies within the CA certificate's. */
import type { Lint } from './rule.js';

export const validity: Lint = {
  name: 'validity',
  source: 'RFC 5280 sections 4.1.2.5 and 6.1.3',
  holds: ({ notBefore, notAfter }, { certificate }) =>
    certificate.notBefore <= notBefore.date &&
    notBefore.date < notAfter.date &&
    notAfter.date <= certificate.notAfter,
};
