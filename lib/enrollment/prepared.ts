/** @module What is the same for many certificates, prepared once per profile and issuer. */
import type { IssuanceProfile } from '../issuance/profile.js';
import { createShaper, type CertificateShaper } from '../issuance/shape.js';
import type { IssuerView } from './authority-view.js';

const shapers = new WeakMap<IssuanceProfile, WeakMap<IssuerView, CertificateShaper>>();

export function shaperFor(profile: IssuanceProfile, issuer: IssuerView): CertificateShaper {
  let ofProfile = shapers.get(profile);
  if (!ofProfile) shapers.set(profile, (ofProfile = new WeakMap()));
  let shaper = ofProfile.get(issuer);
  if (!shaper) ofProfile.set(issuer, (shaper = createShaper(withUrlsOf(profile, issuer), issuer)));
  return shaper;
}

/** Each CA has its own CRL and certificate to fetch, so that those of an earlier one stay where its certificates say. */
function withUrlsOf(profile: IssuanceProfile, { id }: IssuerView): IssuanceProfile {
  const fill = (urls: readonly string[]) => urls.map((url) => url.replaceAll('{issuer}', id));
  const { ocsp, caIssuers, crl } = profile.urls;
  return { ...profile, urls: { ocsp: fill(ocsp), caIssuers: fill(caIssuers), crl: fill(crl) } };
}
