/** @module What SCEP clients ask besides certificates: CertPoll, GetCert, GetCRL (RFC 8894 sections 4.4 to 4.6). */
import { equalBytes } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { parseCertificate, type Certificate } from '../pki/certificate.js';
import { issuerIdOf } from '../pki/issuer-id.js';
import { encodeCertsOnly, encodeCrlOnly } from '../scep/certs-only.js';
import type { PkiMessage, ScepRequest } from '../scep/message.js';
import type { AuthorityView } from './authority-view.js';
import type { Endpoint, EnrollmentService } from './service.js';

type Query = Exclude<ScepRequest, { type: 'PKCSReq' | 'RenewalReq' }>;

/**
 * @returns degenerate SignedData for the answer's envelope.
 * @throws {SkepError} `ERR_CERT_UNKNOWN`, or the code of an outage.
 */
export async function answerQuery(
  service: EnrollmentService,
  endpoint: Endpoint,
  authority: AuthorityView,
  message: PkiMessage,
  query: Query,
): Promise<Uint8Array> {
  assertOurs(authority, query.issuer);
  switch (query.type) {
    case 'CertPoll':
      return encodeCertsOnly([await findByTransaction(service, endpoint, message)]);
    case 'GetCert':
      return encodeCertsOnly([await findBySerial(service, query.serialNumber)]);
    case 'GetCRL':
      return encodeCrlOnly(await service.currentCrl(issuerIdOf(await findIssuer(service, authority, query))));
  }
}

/** sscep names the RA where it means the CA, so either name is ours. */
function assertOurs({ trusted, recipients }: AuthorityView, issuer: Uint8Array): void {
  const ours = [...trusted, ...recipients.map(({ certificate }) => certificate)];
  if (!ours.some(({ subject }) => equalBytes(subject.der, issuer)))
    throw new SkepError('ERR_CERT_UNKNOWN', { detail: 'another issuer' });
}

/**
 * Whose CRL is asked for. The serial number may be the client's or the CA's: clients differ (section 4.6). It counts only
 * where several CAs of ours bear the name, as after a rollover; the name of the RA means the present one.
 */
async function findIssuer(
  service: EnrollmentService,
  { issuer: present, trusted }: AuthorityView,
  { issuer, serialNumber }: Exclude<Query, { type: 'CertPoll' }>,
): Promise<Certificate> {
  const [first = present.certificate, ...others] = trusted.filter((ca) => equalBytes(ca.subject.der, issuer));
  if (others.length === 0) return first;
  const issuerId = (await service.store.get(serialNumber))?.issuerId;
  const isMeant = (ca: Certificate) => ca.serialNumber === serialNumber || issuerIdOf(ca) === issuerId;
  return [first, ...others].find(isMeant) ?? first;
}

/** Only what was delivered is handed out: what Intune has not accepted does not exist for clients. */
async function findBySerial(service: EnrollmentService, serialNumber: string): Promise<Uint8Array> {
  const record = await service.store.get(serialNumber);
  if (!record?.certificate || !record.deliveredAt)
    throw new SkepError('ERR_CERT_UNKNOWN', { detail: 'serial number' });
  return record.certificate;
}

/** A transaction id is no secret and often a constant, so the poll must also be signed by the certificate's own key. */
async function findByTransaction(
  service: EnrollmentService,
  endpoint: Endpoint,
  message: PkiMessage,
): Promise<Uint8Array> {
  const { transactionId } = message.reply;
  const page = await service.store.search({ by: { transactionId }, limit: 20 });
  for (const { certificate, state, endpoint: origin } of page.records) {
    if (!certificate || state !== 'delivered' || origin !== endpoint.name) continue;
    if (equalBytes(parseCertificate(certificate).publicKey.spki, message.signer.publicKey.spki))
      return certificate;
  }
  throw new SkepError('ERR_CERT_UNKNOWN', { detail: 'transaction id' });
}
