/** @module The signature algorithm is the one that the issuer's key will sign with. */
import { equalBytes } from '../../base/bytes.js';
import { SIGNATURES } from '../../pki/algorithms.js';
import type { Lint } from './rule.js';

export const signatureAlgorithm: Lint = {
  name: 'signature-algorithm',
  source: 'RFC 5280 sections 4.1.1.2 and 4.1.2.3',
  holds: ({ signature }, { algorithm }) => equalBytes(signature.bytes, SIGNATURES[algorithm].identifier),
};
