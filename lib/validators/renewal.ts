/**
 * @module A certificate of ours decides: renewal without a challenge (RFC 8894 section 2.3 and 2.4).
 *
 * It must be signed by our CA, in its time, and good by our own record; and it renews what it is, not something else:
 * same subject, no alternative name that it does not have. A self-signed certificate authenticates nothing, nor does one
 * that the CA signed for another purpose: the RA's, an OCSP responder's.
 */
import type { Clock } from '../base/clock.js';
import { toHex } from '../base/bytes.js';
import type { AuthoritySource } from '../keys/authority.js';
import { findExtension, parseCertificate, type Extension } from '../pki/certificate.js';
import { parseCertificationRequest } from '../pki/csr.js';
import { readGeneralNames } from '../pki/general-names.js';
import { formatName } from '../pki/name.js';
import { OID } from '../pki/oids.js';
import { isIssuedBy } from '../pki/verify.js';
import type { CertificateState } from '../store/states.js';
import type { CertificateReader } from '../store/store.js';
import type { Validator, Verdict } from './validator.js';

export interface RenewalValidatorOptions {
  readonly authority: AuthoritySource;
  readonly certificates: CertificateReader;
  readonly clock: Clock;
  /**
   * Whether a certificate of ours without a record may renew. Nobody can tell whether it was revoked: it is for CAs that
   * issued before this store was there. Default false.
   */
  readonly acceptUnknown?: boolean;
}

export function createRenewalValidator({
  authority,
  certificates,
  clock,
  acceptUnknown = false,
}: RenewalValidatorOptions): Validator {
  return {
    name: 'renewal',
    async validate({ csr, signerCertificate }) {
      const old = parseCertificate(signerCertificate);
      const { trusted } = await authority();
      if (!trusted.some((ca) => isIssuedBy(old, parseCertificate(ca))))
        return refusal('not issued by this CA');
      const now = clock.now();
      if (now < old.notBefore || now >= old.notAfter) return refusal('expired, or not yet valid');
      const record = await certificates.get(old.serialNumber);
      if (!record && !acceptUnknown) return refusal(`certificate ${old.serialNumber} has no record`);
      if (record && !GOOD.has(record.state))
        return refusal(`certificate ${old.serialNumber} is ${record.state}`);
      const request = parseCertificationRequest(csr);
      if (formatName(request.subject) !== formatName(old.subject)) return refusal('another subject');
      const had = namesIn(findExtension(old, OID.subjectAltName));
      const wanted = namesIn(request.extensions.find(({ type }) => type === OID.subjectAltName));
      for (const name of wanted) if (!had.has(name)) return refusal('another alternative name');
      return {
        granted: true,
        renews: old.serialNumber,
        ...(record?.deviceId === undefined ? {} : { deviceId: record.deviceId }),
      };
    },
  };
}

const GOOD: ReadonlySet<CertificateState> = new Set<CertificateState>(['issued', 'delivered']);

/** General names by their encoding, so that nothing is lost in a comparison of texts. */
function namesIn(extension: Extension | undefined): ReadonlySet<string> {
  if (!extension) return new Set();
  return new Set(readGeneralNames(extension.value).map(({ der }) => toHex(der)));
}

function refusal(detail: string): Verdict {
  return { granted: false, code: 'ERR_RENEWAL_REFUSED', detail };
}
