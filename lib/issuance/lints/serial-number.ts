/** @module The serial number is positive and has at most 20 octets. */
import { readInteger } from '../../pki/der.js';
import type { Lint } from './rule.js';

export const serialNumber: Lint = {
  name: 'serial-number',
  source: 'RFC 5280 section 4.1.2.2',
  holds: ({ serialNumber: element }) => {
    const octets = readInteger(element);
    return octets.length <= 20 && (octets[0] ?? 0) < 0x80 && octets.some((octet) => octet !== 0);
  },
};
