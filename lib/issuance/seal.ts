/** @module The finished certificate: what was prepared, under a signature that has been seen to verify. */
import { SkepError } from '../base/errors.js';
import { SIGNATURES } from '../pki/algorithms.js';
import { readWhole } from '../pki/der.js';
import { encodeSigned } from '../pki/tbs-certificate.js';
import { readSignatureScheme, verifySignature } from '../pki/verify.js';
import { viewIssuer, type IssuingAuthority } from './issuer.js';
import { lintCertificate } from './lint.js';

/**
 * Puts the signature to what was shaped. The contents may have lain in the store since, so they are linted again.
 * @param tbs TBSCertificate, DER, as it was shaped and reserved; it goes into the certificate octet for octet.
 * @param signature as `Signer.sign` returned it for `tbs`.
 * @returns The certificate, DER.
 * @throws {SkepError} `ERR_SIGNER_FAULT` when the signature does not verify with the issuer's public key; `ERR_LINT`
 *   when the contents are not this issuer's or were damaged.
 */
export function assembleCertificate(
  tbs: Uint8Array,
  authority: IssuingAuthority,
  signature: Uint8Array,
): Uint8Array {
  const issuer = viewIssuer(authority);
  lintCertificate(tbs, issuer);
  const scheme = readSignatureScheme(readWhole(SIGNATURES[issuer.algorithm].identifier));
  // A faulty signature is a useless certificate at best; a faulty RSA signature can give the key away.
  if (!verifySignature(issuer.publicKey, scheme, tbs, signature)) throw new SkepError('ERR_SIGNER_FAULT');
  return encodeSigned(tbs, issuer.algorithm, signature);
}
