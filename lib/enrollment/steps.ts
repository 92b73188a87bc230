/** @module The steps of the path that take more than a line; `enroll.ts` tells in which order. */
import type { ErrorCode } from '../base/error-codes.js';
import { SkepError } from '../base/errors.js';
import { readClaimedIdentity } from '../issuance/names/claimed-identity.js';
import { NOTES } from '../issuance/notes.js';
import type { ShapedCertificate } from '../issuance/shape.js';
import { parseCertificate } from '../pki/certificate.js';
import type { CertificationRequest } from '../pki/csr.js';
import { formatName } from '../pki/name.js';
import { isIssuedBy } from '../pki/verify.js';
import type { PkiMessage } from '../scep/message.js';
import type { CertificateRecord, Reservation } from '../store/store.js';
import type { ValidationRequest, Validator } from '../validators/validator.js';
import type { AuthorityView } from './authority-view.js';
import type { RequestIdentity } from './claim.js';
import { leaseEnd, recollect, type Fresh, type Recollection } from './recall.js';
import type { Endpoint, EnrollmentService } from './service.js';
import { shaperFor } from './prepared.js';
import type { Trace } from './trace.js';

/** Everything that the steps of one request share. */
export interface Attempt {
  readonly service: EnrollmentService;
  readonly endpoint: Endpoint;
  readonly authority: AuthorityView;
  readonly message: PkiMessage;
  readonly csr: CertificationRequest;
  readonly identity: RequestIdentity;
  readonly validator: Validator;
  readonly validation: ValidationRequest;
  readonly trace: Trace;
}

/**
 * A challenge goes to the endpoint's validator; a request that is signed by a certificate, without one, to the
 * renewal's, if the endpoint has one (RFC 8894 section 2.3).
 * @throws {SkepError} `ERR_RENEWAL_OFF`
 */
export function chooseValidator(
  endpoint: Endpoint,
  authority: AuthorityView,
  message: PkiMessage,
  challenge: string | undefined,
): Validator {
  if (challenge !== undefined) return endpoint.validator;
  const asksRenewal = message.messageType !== 'PKCSReq';
  if (!endpoint.renewal) {
    if (asksRenewal) throw new SkepError('ERR_RENEWAL_OFF');
    return endpoint.validator;
  }
  // Half of the clients renew with a PKCSReq, so the signer decides, not the message type.
  return asksRenewal || isSignedByOurs(authority, message) ? endpoint.renewal : endpoint.validator;
}

/** Whether the message’s signer is a certificate of ours. Its name alone says nothing: anybody can write that. */
export function isSignedByOurs(authority: AuthorityView, { signer }: PkiMessage): boolean {
  return authority.trusted.some((ca) => isIssuedBy(signer, ca));
}

export async function recall({ service, endpoint, authority, identity }: Attempt): Promise<Recollection> {
  const claim = await service.store.recall(identity.claim);
  const record = claim && (await service.store.get(claim.serialNumber));
  const request = { csrHash: identity.csrHash, issuerId: authority.issuer.id };
  return recollect(claim, record, request, endpoint.replay, service.clock.now());
}

export interface Validated {
  readonly deviceId: string | undefined;
}

/** @throws {SkepError} the code of the refusal, or of the outage. */
export async function validate(attempt: Attempt): Promise<Validated> {
  const verdict = await attempt.validator.validate(attempt.validation);
  if (!verdict.granted) throw new SkepError(verdict.code, { detail: verdict.detail });
  if (verdict.renews !== undefined) await assertSameEndpoint(attempt, verdict.renews);
  return { deviceId: verdict.deviceId };
}

/** Else a certificate of the Intune endpoint would renew itself where nobody asks Intune. */
async function assertSameEndpoint({ service, endpoint }: Attempt, serialNumber: string): Promise<void> {
  const renewed = await service.store.get(serialNumber);
  if (!renewed || renewed.endpoint === endpoint.name) return;
  throw new SkepError('ERR_RENEWAL_REFUSED', { detail: `certificate of endpoint ${renewed.endpoint}` });
}

export interface Confirmed {
  /** Of the holder, when the profile wants it in the certificate. */
  readonly securityIdentifier: string | undefined;
}

/**
 * Asks the directory whether those whom the request names are there, enabled, and who they claim to be.
 * @returns what the certificate may say of its holder beyond the request.
 * @throws {SkepError} `ERR_IDENTITY_MISMATCH`, or the code of the outage.
 */
export async function crossCheck({ endpoint, csr, trace }: Attempt): Promise<Confirmed> {
  const { identityCheck } = endpoint;
  if (!identityCheck) return { securityIdentifier: undefined };
  const verdict = await trace.step('cross-check', () => identityCheck.check(readClaimedIdentity(csr)));
  if (!verdict.confirmed) throw new SkepError(verdict.code, { detail: verdict.detail });
  return { securityIdentifier: endpoint.profile.addSidExtension ? verdict.securityIdentifier : undefined };
}

export function shape(
  { service, endpoint, authority, csr, identity, trace }: Attempt,
  { securityIdentifier }: Confirmed,
): ShapedCertificate {
  const shaped = shaperFor(
    endpoint.profile,
    authority.issuer,
  )({
    csr,
    now: service.clock.now(),
    random: service.random,
    shard: identity.claim.slice(-1),
    securityIdentifier,
  });
  for (const { code, security, detail } of shaped.notes) {
    trace.notes.add(code);
    service.logger[security ? 'warn' : 'debug'](NOTES[code].means, {
      note: code,
      detail,
      endpoint: endpoint.name,
      transactionId: trace.transactionId,
    });
  }
  if (shaped.deviceId) trace.deviceId = shaped.deviceId;
  if (shaped.user) trace.user = shaped.user;
  return shaped;
}

/** Puts away what came to nothing, then writes claim and row, both or neither. */
export async function reserve(
  attempt: Attempt,
  fresh: Fresh,
  shaped: ShapedCertificate,
  validated: Validated,
): Promise<CertificateRecord> {
  const { service, endpoint, authority, message, identity } = attempt;
  const { store, clock } = service;
  const now = clock.now();
  const { dead, supersedes } = fresh;
  if (dead?.state === 'reserved') await store.abandon(dead, now);
  // Before the new one exists: were it the last thing to do, a try that broke off before would leave two good ones.
  const old = dead?.state === 'issued' ? dead : supersedes;
  if (old) await revoke(service, old, 'superseded');
  if (supersedes) warnOfSupersession(attempt, supersedes);
  const reservation: Reservation = {
    serialNumber: shaped.serialNumber,
    endpoint: endpoint.name,
    // Also of a renewal: the endpoint decides whose its certificates are.
    validator: endpoint.validator.name,
    issuerId: authority.issuer.id,
    claim: identity.claim,
    csrHash: identity.csrHash,
    transactionId: message.reply.transactionId,
    subject: shaped.subject,
    subjectAltNames: shaped.subjectAltNames,
    notBefore: shaped.notBefore,
    notAfter: shaped.notAfter,
    tbs: shaped.tbs,
    reservedAt: now,
    leasedUntil: leaseEnd(now),
    deviceId: shaped.deviceId ?? validated.deviceId,
    user: shaped.user,
  };
  return store.reserve(reservation, fresh.replaces);
}

/**
 * Tells the owner and waits for their word; a refusal revokes.
 * @throws {SkepError} `ERR_NOTIFICATION_REFUSED`, or the code of the outage.
 */
export async function notify(
  { service, validator, validation }: Attempt,
  record: CertificateRecord,
): Promise<void> {
  if (!validator.notifySuccess || !record.certificate) return;
  const verdict = await validator.notifySuccess({
    transactionId: validation.transactionId,
    csr: validation.csr,
    certificate: record.certificate,
    serialNumber: record.serialNumber,
    notAfter: record.notAfter,
    // Its own, whoever is the issuer by now: Intune filters its revocation requests by it.
    issuer: formatName(parseCertificate(record.certificate).issuer),
  });
  if (verdict.granted) return;
  await revoke(service, record, 'privilegeWithdrawn');
  throw new SkepError(verdict.code, { detail: verdict.detail });
}

async function revoke(
  { store, clock, announceRevocation }: EnrollmentService,
  record: CertificateRecord,
  reason: 'superseded' | 'privilegeWithdrawn',
): Promise<void> {
  await store.revoke(record, { at: clock.now(), reason, by: 'enrollment' });
  announceRevocation(record.serialNumber);
}

/** The setting allows it, and it is what an attack looks like all the same. */
function warnOfSupersession({ service, endpoint, trace }: Attempt, first: CertificateRecord): void {
  const code = 'ERR_CHALLENGE_REUSED' satisfies ErrorCode;
  trace.notes.add(code);
  service.logger.warn('A challenge came with another key; its first certificate is revoked', {
    code,
    endpoint: endpoint.name,
    transactionId: trace.transactionId,
    serialNumber: first.serialNumber,
    deviceId: first.deviceId,
  });
}
