/** @module Degenerate SignedData: certificates or a CRL, and nobody's signature (RFC 8894 section 3.4). */
import { context, encode, integer, oid, sequence, TAG } from '../pki/der.js';
import { OID } from '../pki/oids.js';

const VERSION_1 = integer(1);
const EMPTY_SET = encode(TAG.set);
/** eContent is absent, as section 4.2.1.2 wants it. */
const NO_CONTENT = sequence(oid(OID.data));

/** @param certificates DER, kept in this order: some clients take the first. */
export function encodeCertsOnly(certificates: readonly Uint8Array[]): Uint8Array {
  return degenerate(context(0, ...certificates));
}

/** @param crl CertificateList, DER. */
export function encodeCrlOnly(crl: Uint8Array): Uint8Array {
  return degenerate(context(1, crl));
}

function degenerate(contents: Uint8Array): Uint8Array {
  const signedData = sequence(VERSION_1, EMPTY_SET, NO_CONTENT, contents, EMPTY_SET);
  return sequence(oid(OID.signedData), context(0, signedData));
}
