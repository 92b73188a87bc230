/** @module Dates through 2049 are UTCTime, later ones GeneralizedTime. */
import { TAG } from '../../pki/der.js';
import type { Lint } from './rule.js';

export const timeEncoding: Lint = {
  name: 'time-encoding',
  source: 'RFC 5280 section 4.1.2.5',
  holds: ({ notBefore, notAfter }) =>
    [notBefore, notAfter].every(
      ({ element, date }) =>
        element.tag === (date.getUTCFullYear() < 2050 ? TAG.utcTime : TAG.generalizedTime),
    ),
};
