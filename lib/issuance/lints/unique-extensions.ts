/** @module No extension stands twice. */
import type { Lint } from './rule.js';

export const uniqueExtensions: Lint = {
  name: 'unique-extensions',
  source: 'RFC 5280 section 4.2',
  holds: ({ extensions }) => new Set(extensions.map(({ type }) => type)).size === extensions.length,
};
