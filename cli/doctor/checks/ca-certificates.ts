/** @module GetCACert: who is who, and whether it is the CA that the profile trusts. */
import { equalBytes } from '../../../lib/base/bytes.js';
import { hresultOfStatus } from '../../../lib/base/hresults.js';
import { readCaCertificates, ScepClientError } from '../../../dev/scep-client/index.js';
import { findCa } from '../../../dev/scep-client/ca-certificates.js';
import type { Check } from '../check.js';
import { mayUse } from '../key-usage.js';
import { attention, bad, good } from '../outcome.js';
import { bundleOf, windowsUrl, type CaBundle } from '../patient.js';
import { describe, judgeValidity } from '../validity.js';
import type { WireAnswer } from '../wire.js';

const CA_WARNING_DAYS = 180;

/** A parameter of the type is the matter of another check. */
function readBundle({ status, headers, body }: WireAnswer): CaBundle {
  const [contentType = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const all = readCaCertificates({ status, contentType: contentType.trim(), body });
  const ras = all.filter(({ isCa }) => !isCa);
  return { all, ca: findCa(all, ras[0], undefined), ras };
}

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
    const first = await get(windowsUrl(target, 'GetCACert'));
    const urls = [
      `${target.scepUrl}?operation=GetCACert`,
      ...IDENTIFIERS.map((identifier) => `${target.scepUrl}?operation=GetCACert&message=${identifier}`),
    ];
    for (const url of urls) {
      const answer = await get(url);
      if (answer.status === 200 && equalBytes(answer.body, first.body)) continue;
      const found = answer.status === 200 ? 'other certificates' : `HTTP ${answer.status}`;
      return bad('ca-identifier-matters', `GET ${url}`, found);
    }
    return good(
      'GetCACert with message=default, ca (Android), empty (Apple), another, none',
      'always the same',
    );
  },
};

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

export const CA_CERTIFICATES = [caCertificates, caIdentifier, caThumbprint, caCertificate];
