/** @module What a certificate says that its key may be used for. */
import { findExtension, type Certificate } from './certificate.js';
import { readNamedBits, readWhole } from './der.js';
import { KEY_USAGE_BITS, type KeyUsage } from './extensions.js';
import { OID } from './oids.js';

/** A certificate without the extension may be used for everything (RFC 5280 section 4.2.1.3). */
export function allowsUsage(certificate: Certificate, usage: KeyUsage): boolean {
  const found = findExtension(certificate, OID.keyUsage);
  return !found || readNamedBits(readWhole(found.value)).includes(KEY_USAGE_BITS[usage]);
}
