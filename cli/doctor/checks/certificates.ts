/** @module GetCACert: who is who, and whether Windows accepts them (IX509SCEPEnrollment::Initialize). */
import { equalBytes } from '../../../lib/base/bytes.js';
import { DAY_MS } from '../../../lib/base/clock.js';
import { hresultOfStatus } from '../../../lib/base/hresults.js';
import {
  OID,
  oidName,
  readCaCertificates,
  ScepClientError,
  type Certificate,
  type KeyUsage,
} from '../../../dev/scep-client/index.js';
import { findCa } from '../../../dev/scep-client/ca-certificates.js';
import { isIssuedBy } from '../../../dev/scep-client/certificate.js';
import type { Check } from '../check.js';
import { attention, bad, good, skipped, type Outcome } from '../outcome.js';
import { bundleOf, windowsUrl, type CaBundle, type Patient } from '../patient.js';
import type { WireAnswer } from '../wire.js';

const CA_WARNING_DAYS = 180;
const RA_WARNING_DAYS = 15;

const NO_RA = skipped('there is no RA certificate: the CA itself opens requests');

const typeOf = ({ headers }: WireAnswer): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function readBundle({ body, ...answer }: WireAnswer): CaBundle {
  const all = readCaCertificates({ status: answer.status, contentType: typeOf({ body, ...answer }), body });
  const ras = all.filter(({ isCa }) => !isCa);
  const ca = findCa(all, ras[0], undefined);
  return { all, ca, ras };
}

const mayUse = ({ keyUsage, publicKey }: Certificate, usage: KeyUsage): boolean =>
  publicKey.asymmetricKeyType === 'rsa' && (keyUsage?.includes(usage) ?? true);

const describe = ({ subject, isCa }: Certificate): string => `${isCa ? 'CA' : 'RA'} ${subject}`;

const day = (date: Date): string => date.toISOString().slice(0, 10);

const caCertificates: Check = {
  id: 'ca-certificates',
  needs: ['web-page'],
  async look(patient) {
    const url = windowsUrl(patient.target, 'GetCACert');
    const asked = `GET ${url}`;
    const answer = await patient.get(url);
    if (answer.status !== 200) {
      const hresult = hresultOfStatus(answer.status);
      return bad('no-ca-certificate', asked, `HTTP ${answer.status}`, { hresult });
    }
    let bundle: CaBundle;
    try {
      bundle = readBundle(answer);
    } catch (thrown) {
      if (!(thrown instanceof ScepClientError)) throw thrown;
      return bad('no-ca-certificate', asked, thrown.message);
    }
    const { all, ca, ras } = bundle;
    const found = all.map(describe).join('; ');
    if (!ca.isCa) return bad('no-ca-certificate', asked, found);
    if (ras.length === 0 && !(mayUse(ca, 'keyEncipherment') && mayUse(ca, 'digitalSignature')))
      return bad('ca-not-signing', asked, `${found}; key usage ${ca.keyUsage?.join(', ') ?? 'none'}`);
    patient.bundle = bundle;
    return ras.length > 0 && all[0]?.isCa ? attention('ca-order', asked, found) : good(asked, found);
  },
};

/** What each platform names; a server that knows one CA has one answer. */
const IDENTIFIERS = ['ca', '', '0', 'Device%20Management%20Identity%20Certificate'];

const caIdentifier: Check = {
  id: 'ca-identifier',
  needs: ['ca-certificates'],
  async look(patient) {
    const { target, get } = patient;
    const [first] = [await get(windowsUrl(target, 'GetCACert'))];
    const urls = [
      `${target.scepUrl}?operation=GetCACert`,
      ...IDENTIFIERS.map((identifier) => `${target.scepUrl}?operation=GetCACert&message=${identifier}`),
    ];
    for (const url of urls) {
      const answer = await get(url);
      if (answer.status === 200 && sameCertificates(answer, first)) continue;
      const found = answer.status === 200 ? 'other certificates' : `HTTP ${answer.status}`;
      return bad('ca-identifier-matters', `GET ${url}`, found);
    }
    return good(
      `GetCACert with message=default, ca (Android), empty (Apple), another, none`,
      'always the same',
    );
  },
};

function sameCertificates(one: WireAnswer, other: WireAnswer): boolean {
  return equalBytes(one.body, other.body);
}

const caThumbprint: Check = {
  id: 'ca-thumbprint',
  needs: ['ca-certificates'],
  look(patient) {
    const { all, ca } = bundleOf(patient);
    const { thumbprint } = patient;
    if (thumbprint === undefined)
      return good('the CA certificate', `for the profile: ${ca.thumbprint} (compare with --thumbprint)`);
    const asked = `the thumbprint ${thumbprint}`;
    const found = all.find((certificate) => certificate.thumbprint === thumbprint);
    return found
      ? good(asked, describe(found))
      : bad('ca-thumbprint-other', asked, `the CA’s is ${ca.thumbprint}`);
  },
};

const caCertificate: Check = {
  id: 'ca-certificate',
  needs: ['ca-certificates'],
  look: (patient) =>
    judgeValidity(patient, bundleOf(patient).ca, {
      expired: 'ca-expired',
      soon: 'ca-ends-soon',
      warnDays: CA_WARNING_DAYS,
    }),
};

interface ValidityRule {
  readonly expired: 'ca-expired' | 'ra-expired';
  readonly soon: 'ca-ends-soon' | 'ra-ends-soon';
  readonly warnDays: number;
}

function judgeValidity({ clock }: Patient, certificate: Certificate, rule: ValidityRule): Outcome {
  const { notBefore, notAfter } = certificate;
  const now = clock.now().getTime();
  const asked = `the validity of ${describe(certificate)}`;
  const found = `${day(notBefore)} to ${day(notAfter)}`;
  if (now < notBefore.getTime() || now >= notAfter.getTime()) return bad(rule.expired, asked, found);
  return notAfter.getTime() - now < rule.warnDays * DAY_MS
    ? attention(rule.soon, asked, found)
    : good(asked, found);
}

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
    const [first, ...rest] = bundleOf(patient).ras.toSorted(
      (a, b) => a.notAfter.getTime() - b.notAfter.getTime(),
    );
    if (!first) return NO_RA;
    const rule = { expired: 'ra-expired', soon: 'ra-ends-soon', warnDays: RA_WARNING_DAYS } as const;
    const outcomes = [first, ...rest].map((ra) => judgeValidity(patient, ra, rule));
    return outcomes.find(({ state }) => state !== 'good') ?? judgeValidity(patient, first, rule);
  },
};

export const CERTIFICATES = [
  caCertificates,
  caIdentifier,
  caThumbprint,
  caCertificate,
  raIssuer,
  raKeyUsage,
  raExtendedKeyUsage,
  raValidity,
];
