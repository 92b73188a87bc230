/** @module The extensions of every certificate, in their order. All values are ours but the names. */
import {
  authorityInfoAccess,
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from '../pki/extensions.js';
import { sidExtension } from '../pki/sid-extension.js';
import type { Seal } from './pipeline.js';
import type { IssuanceProfile } from './profile.js';

const NO_AUTHORITY = basicConstraints({ ca: false });

/** What is the same in every certificate of a profile is encoded here, once. */
export function createSeals({ urls }: IssuanceProfile): readonly Seal[] {
  const access = urls.ocsp.length + urls.caIssuers.length > 0 ? authorityInfoAccess(urls) : undefined;
  const distribution = urls.crl.length > 0 ? crlDistributionPoints(urls.crl) : undefined;
  return [
    (_, { issuer }) => issuer.authorityKeyIdentifier,
    (_, { csr }) => subjectKeyIdentifier(keyIdentifier(csr.publicKey.keyBits)),
    () => NO_AUTHORITY,
    (template) => keyUsage(template.keyUsage),
    (template) => extendedKeyUsage(template.extendedKeyUsage),
    ({ subjectAltNames }, { csr }) =>
      subjectAltNames.length === 0
        ? undefined
        : subjectAltName(
            subjectAltNames.map((name) => name.der),
            csr.subject.rdns.length === 0,
          ),
    () => access,
    () => distribution,
    (_, { securityIdentifier }) =>
      securityIdentifier === undefined ? undefined : sidExtension(securityIdentifier),
  ];
}
