/** @module The version is 3, since there are extensions. */
import { readSmallInteger } from '../../pki/der.js';
import type { Lint } from './rule.js';

export const version: Lint = {
  name: 'version',
  source: 'RFC 5280 section 4.1.2.1',
  holds: ({ version: element }) => element !== undefined && readSmallInteger(element) === 2,
};
