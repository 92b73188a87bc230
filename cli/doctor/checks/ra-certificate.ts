/** @module The RA certificate, as IX509SCEPEnrollment of Windows looks at it before it sends anything. */
import { OID, oidName } from '../../../dev/scep-client/index.js';
import { isIssuedBy } from '../../../dev/scep-client/certificate.js';
import type { Check } from '../check.js';
import { mayUse } from '../key-usage.js';
import { bad, good, skipped } from '../outcome.js';
import { bundleOf } from '../patient.js';
import { judgeValidity } from '../validity.js';

const RA_WARNING_DAYS = 15;

const NO_RA = skipped('there is no RA certificate: the CA itself opens requests');

const raIssuer: Check = {
  id: 'ra-issuer',
  needs: ['ca-certificates'],
  look(patient) {
    const { ca, ras } = bundleOf(patient);
    if (ras.length === 0) return NO_RA;
    const asked = `the signature of ${ca.subject} on the RA certificate`;
    const stranger = ras.find((ra) => !isIssuedBy(ra, ca));
    return stranger
      ? bad('ra-stranger', asked, `${stranger.subject} was issued by ${stranger.issuer}`)
      : good(asked, 'verifies');
  },
};

const raKeyUsage: Check = {
  id: 'ra-key-usage',
  needs: ['ca-certificates'],
  look(patient) {
    const { ras } = bundleOf(patient);
    if (ras.length === 0) return NO_RA;
    const asked = 'key type and key usage of the RA certificate';
    const found = ras
      .map(
        ({ publicKey, keyUsage }) =>
          `${publicKey.asymmetricKeyType ?? '?'}: ${keyUsage?.join(', ') ?? 'any'}`,
      )
      .join('; ');
    const complete = (['digitalSignature', 'keyEncipherment'] as const).every((usage) =>
      ras.some((ra) => mayUse(ra, usage)),
    );
    return complete ? good(asked, found) : bad('ra-key-usage', asked, found);
  },
};

const PURPOSES: readonly string[] = [OID.certificateRequestAgent, OID.serverAuth];

const raExtendedKeyUsage: Check = {
  id: 'ra-extended-key-usage',
  needs: ['ca-certificates'],
  look(patient) {
    const { ras } = bundleOf(patient);
    if (ras.length === 0) return NO_RA;
    const purposes = ras.flatMap(({ extendedKeyUsage }) => extendedKeyUsage);
    const asked = 'the extended key usage of the RA certificate';
    const found = purposes.map(oidName).join(', ') || 'none';
    return ras.every(({ extendedKeyUsage }) => extendedKeyUsage.some((oid) => PURPOSES.includes(oid)))
      ? good(asked, found)
      : bad('ra-extended-key-usage', asked, found);
  },
};

const raValidity: Check = {
  id: 'ra-validity',
  needs: ['ca-certificates'],
  look(patient) {
    const [soonest] = bundleOf(patient).ras.toSorted((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
    if (!soonest) return NO_RA;
    const rule = { expired: 'ra-expired', soon: 'ra-ends-soon', warnDays: RA_WARNING_DAYS } as const;
    return judgeValidity(patient, soonest, rule);
  },
};

export const RA_CERTIFICATE = [raIssuer, raKeyUsage, raExtendedKeyUsage, raValidity];
