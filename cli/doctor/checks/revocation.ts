/** @module OCSP, CRL and CA certificate, as relying parties get them: over plain HTTP. */
import { equalBytes } from '../../../lib/base/bytes.js';
import { ScepClientError, type Certificate } from '../../../dev/scep-client/index.js';
import { isIssuedBy } from '../../../dev/scep-client/certificate.js';
import type { Check } from '../check.js';
import { crlAddresses, ocspAddresses } from '../addresses.js';
import { judgeCrl } from '../crl.js';
import type { FaultId } from '../faults.js';
import { encodeOcspRequest, ocspGetUrl, readOcspStatus } from '../ocsp.js';
import { bad, good, skipped, type Outcome } from '../outcome.js';
import { bundleOf, type Patient } from '../patient.js';
import { WireError, type WireAnswer, type WireRequest } from '../wire.js';

/** Sends, and says in words when nothing usable comes. */
async function fetchPlainly(
  { wire }: Patient,
  request: WireRequest,
): Promise<WireAnswer | { readonly trouble: string }> {
  try {
    const answer = await wire.send(request);
    if (answer.status === 200) return answer;
    const location = answer.headers['location'];
    return { trouble: `HTTP ${answer.status}${location === undefined ? '' : ` to ${location}`}` };
  } catch (thrown) {
    if (!(thrown instanceof WireError)) throw thrown;
    return { trouble: thrown.code };
  }
}

/** By POST as most clients ask, then by GET as Windows does. */
async function askOcsp(
  patient: Patient,
  url: string,
  certificate: Certificate,
  issuer: Certificate,
): Promise<Outcome> {
  const request = encodeOcspRequest(certificate, issuer);
  const asked = `POST and GET ${url} about ${certificate.serialHex}`;
  const requests: readonly WireRequest[] = [
    { url, method: 'POST', headers: { 'content-type': 'application/ocsp-request' }, body: request },
    { url: ocspGetUrl(url, request) },
  ];
  for (const each of requests) {
    const how = each.method ?? 'GET';
    const answer = await fetchPlainly(patient, each);
    if ('trouble' in answer) return bad('ocsp-unreachable', asked, `${how}: ${answer.trouble}`);
    const verdict = readVerdict(answer.body, certificate, issuer, patient);
    if (verdict !== 'good') return bad('ocsp-wrong', asked, `${how}: ${verdict}`);
  }
  return good(asked, 'good, signed by a responder of the CA');
}

function readVerdict(
  body: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
  { clock }: Patient,
): string {
  try {
    const result = readOcspStatus(body, certificate, issuer, clock.now());
    return 'fault' in result ? result.fault : result.status;
  } catch (thrown) {
    if (thrown instanceof ScepClientError) return thrown.message;
    throw thrown;
  }
}

const ocsp: Check = {
  id: 'ocsp',
  needs: ['ca-certificates'],
  look(patient) {
    const { ca, ras } = bundleOf(patient);
    const subject = ras.find((ra) => isIssuedBy(ra, ca)) ?? ca;
    if (!isIssuedBy(subject, ca)) return skipped('the CA’s own status is for the CA above it to tell');
    return askOcsp(patient, `${patient.target.publicUrl}/ocsp`, subject, ca);
  },
};

async function downloadCrl(patient: Patient, url: string, ca: Certificate) {
  const asked = `GET ${url}`;
  const answer = await fetchPlainly(patient, { url });
  if ('trouble' in answer) return { outcome: bad('crl-unreachable', asked, answer.trouble) };
  const verdict = judgeCrl(answer.body, ca, patient.clock.now());
  const { state, found } = verdict;
  if (state === 'wrong') return { outcome: bad('crl-wrong', asked, found) };
  const outcome = state === 'stale' ? bad('crl-stale', asked, found) : good(asked, found);
  return { outcome, lists: verdict.lists };
}

const crl: Check = {
  id: 'crl',
  needs: ['ca-certificates'],
  async look(patient) {
    const url = `${patient.target.publicUrl}/crl/ca.crl`;
    return (await downloadCrl(patient, url, bundleOf(patient).ca)).outcome;
  },
};

const caDownload: Check = {
  id: 'ca-download',
  needs: ['ca-certificates'],
  async look(patient) {
    const url = `${patient.target.publicUrl}/ca/ca.cer`;
    const asked = `GET ${url}`;
    const answer = await fetchPlainly(patient, { url });
    if ('trouble' in answer) return bad('ca-download', asked, answer.trouble);
    return equalBytes(answer.body, bundleOf(patient).ca.der)
      ? good(asked, 'the CA certificate of GetCACert')
      : bad('ca-download', asked, 'another certificate than in GetCACert');
  },
};

const NONE_ISSUED = skipped('no certificate was issued');

const issuedOcsp: Check = {
  id: 'issued-ocsp',
  needs: [],
  async look(patient) {
    for (const { certificate, ca } of patient.issued) {
      const [url] = ocspAddresses(certificate);
      if (url === undefined) return noAddress('OCSP');
      const outcome = await askOcsp(patient, url, certificate, ca);
      if (outcome.state !== 'good') return outcome;
    }
    return patient.issued.length === 0
      ? NONE_ISSUED
      : good('the OCSP addresses in the certificates', `good, ${patient.issued.length} times`);
  },
};

const noAddress = (what: string): Outcome => {
  const fault: FaultId = 'no-revocation-address';
  return bad(fault, 'the addresses in the issued certificate', `no ${what} address`);
};

const issuedCrl: Check = {
  id: 'issued-crl',
  needs: [],
  async look(patient) {
    for (const { certificate, ca } of patient.issued) {
      const [url] = crlAddresses(certificate);
      if (url === undefined) return noAddress('CRL');
      const { outcome, lists } = await downloadCrl(patient, url, ca);
      if (outcome.state !== 'good') return outcome;
      if (lists?.(certificate))
        return bad('crl-wrong', `GET ${url}`, `it lists ${certificate.serialHex}, issued a moment ago`);
    }
    return patient.issued.length === 0
      ? NONE_ISSUED
      : good('the CRL addresses in the certificates', 'fresh, signed, and without them');
  },
};

export const REVOCATION = [ocsp, crl, caDownload];
export const ISSUED = [issuedOcsp, issuedCrl];
