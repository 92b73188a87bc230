/** @module OCSP requests as clients make them, and as no client should. */
import { createHash } from 'node:crypto';
import { HASHES, type HashName } from '../../lib/pki/algorithms.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { context, integer, NULL, octetString, oid, sequence } from '../../lib/pki/der.js';
import { extension } from '../../lib/pki/extensions.js';
import { OID } from '../../lib/pki/oids.js';

/** CertID, DER. @param serialNumber upper-case hex. */
export function encodeCertId(issuer: Uint8Array, serialNumber: string, hash: HashName = 'sha1'): Uint8Array {
  const { subject, publicKey } = parseCertificate(issuer);
  const digest = (data: Uint8Array) => octetString(createHash(hash).update(data).digest());
  return sequence(
    sequence(oid(HASHES[hash].oid), NULL),
    digest(subject.der),
    digest(publicKey.keyBits),
    integer(Buffer.from(serialNumber, 'hex')),
  );
}

/** OCSPRequest, DER. @param nonce value of the extension as it is, e.g. an OCTET STRING. */
export function encodeOcspRequest(certIds: readonly Uint8Array[], nonce?: Uint8Array): Uint8Array {
  const list = sequence(...certIds.map((certId) => sequence(certId)));
  const extensions = nonce ? [context(2, sequence(extension(OID.ocspNonce, nonce)))] : [];
  return sequence(sequence(list, ...extensions));
}
