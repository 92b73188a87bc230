/** @module Writing certificates: the to-be-signed part and the signed whole (RFC 5280 section 4.1). */
import type { SignatureAlgorithm } from '../keys/signer.js';
import { SIGNATURES } from './algorithms.js';
import { bitString, context, integer, sequence, time } from './der.js';

export interface TbsCertificateFields {
  /** Unsigned big-endian octets, at most 20, not all zero. */
  readonly serialNumber: Uint8Array;
  readonly signature: SignatureAlgorithm;
  /** Name, DER. */
  readonly issuer: Uint8Array;
  /** Whole seconds; fractions are cut. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Name, DER. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Extension encodings, in order. */
  readonly extensions: readonly Uint8Array[];
}

const VERSION_3 = context(0, integer(2));

/** TBSCertificate, version 3, DER. */
export function encodeTbsCertificate(fields: TbsCertificateFields): Uint8Array {
  return sequence(
    VERSION_3,
    integer(fields.serialNumber),
    SIGNATURES[fields.signature].identifier,
    fields.issuer,
    sequence(time(fields.notBefore), time(fields.notAfter)),
    fields.subject,
    fields.publicKey,
    context(3, sequence(...fields.extensions)),
  );
}

/** `SIGNED{…}`: what is signed, the algorithm, the signature. The shape of Certificate, CertificateList and PKCS#10. */
export function encodeSigned(
  toBeSigned: Uint8Array,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Uint8Array {
  return sequence(toBeSigned, SIGNATURES[algorithm].identifier, bitString(signature));
}
