/** @module By which identifier a CA's key is named in what the CA signs (RFC 5280 section 4.2.1.1). */
import { findExtension, type Certificate } from './certificate.js';
import { readOctets, readWhole } from './der.js';
import { keyIdentifier } from './extensions.js';
import { OID } from './oids.js';

/** The subject key identifier that a CA certificate carries, or the one that it would. @throws {SkepError} `ERR_DER` */
export function subjectKeyIdentifierOf(ca: Certificate): Uint8Array {
  const carried = findExtension(ca, OID.subjectKeyIdentifier);
  return carried ? readOctets(readWhole(carried.value)) : keyIdentifier(ca.publicKey.keyBits);
}
