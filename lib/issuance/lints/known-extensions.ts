/** @module Only extensions that we write on purpose: nothing of a request's has slipped through. */
import { OID } from '../../pki/oids.js';
import type { Lint } from './rule.js';

const KNOWN: ReadonlySet<string> = new Set([
  OID.authorityKeyIdentifier,
  OID.subjectKeyIdentifier,
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.subjectAltName,
  OID.authorityInfoAccess,
  OID.cRLDistributionPoints,
  // From the directory alone; see `seals.ts`.
  OID.msNtdsCaSecurity,
]);

export const knownExtensions: Lint = {
  name: 'known-extensions',
  source: 'RFC 5280 section 4.2',
  holds: ({ extensions }) => extensions.every(({ type }) => KNOWN.has(type)),
};
