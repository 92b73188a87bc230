/**
 * @module The one path: a device's message comes in, a certificate goes out. Read from top to bottom.
 *
 * Every step leaves a state that the device's next try, or the sweeper, can finish. Nothing is signed that is not
 * written down first; nothing is delivered that its owner has not accepted; the same request gets the same certificate.
 */
import { ERRORS, type ErrorCode } from '../base/error-codes.js';
import { SkepError, toSkepError } from '../base/errors.js';
import { assertKey } from '../issuance/key/policy.js';
import { verifyCertificationRequest, type CertificationRequest } from '../pki/csr.js';
import { formatName } from '../pki/name.js';
import { encodeCertRep, type Outcome } from '../scep/cert-rep.js';
import { encodeCertsOnly } from '../scep/certs-only.js';
import { failRow } from '../scep/fail-info.js';
import type { PkiMessage } from '../scep/message.js';
import type { OpenedRequest } from '../scep/open-request.js';
import { readPkiMessage, verifyPkiMessage, type UnverifiedMessage } from '../scep/pki-message.js';
import type { CertificateRecord } from '../store/store.js';
import { viewAuthority, type AuthorityView, type RecipientView } from './authority-view.js';
import { identifyRequest } from './claim.js';
import { assertMessageLimits, assertRequestLimits, assertSignerLimits } from './limits.js';
import { open } from './open.js';
import { answerQuery } from './queries.js';
import type { Endpoint, EnrollmentService } from './service.js';
import { sign, takeUp } from './sign.js';
import {
  chooseValidator,
  crossCheck,
  isSignedByOurs,
  notify,
  recall,
  reserve,
  shape,
  validate,
  type Attempt,
} from './steps.js';
import { startTrace, type Trace } from './trace.js';

/**
 * Answers one PKIOperation.
 * @param body the pkiMessage, BER; its size was limited by the transport.
 * @returns a CertRep, DER: the certificate, or a signed FAILURE.
 * @throws {SkepError} `ERR_SCEP_MALFORMED` when there is nothing to answer to (HTTP 400), or the code of an outage
 *   (HTTP 503 or 429): then nothing was decided and the device may come back.
 */
export async function enroll(
  service: EnrollmentService,
  endpoint: Endpoint,
  body: Uint8Array,
): Promise<Uint8Array> {
  const unverified = await readOrTell(service, endpoint, body);
  const trace = startTrace(endpoint.name, unverified.reply.transactionId, service.clock);
  const answer = (outcome: Outcome, by: RecipientView) =>
    encodeCertRep(unverified.reply, outcome, by, { random: service.random, now: service.clock.now() });
  let answerer: RecipientView | undefined;

  try {
    // 1 decode: the signed message, the envelope in it, the request in that.
    const present = viewAuthority(await service.authority());
    answerer = present.recipients[0];
    const message = await trace.step('decode', () => {
      assertMessageLimits(body, unverified, service.limits);
      return verifyPkiMessage(unverified, endpoint);
    });
    assertSignerLimits(message, service.limits);
    trace.messageType = message.messageType;
    const { opened, authority } = await trace.step('open', () => open(service, endpoint, present, message));
    answerer = opened.recipient;
    const { request } = opened;
    if (request.type !== 'PKCSReq' && request.type !== 'RenewalReq') {
      const payload = await trace.step('look up', () =>
        answerQuery(service, endpoint, authority, message, request),
      );
      const certRep = await answer(success(payload, message, opened), answerer);
      await service.journal.record(trace.entry('answered'));
      return certRep;
    }

    // 2 to 8: from a request to a certificate that its owner accepted.
    const { record, certificate, repeated } = await issue(
      service,
      endpoint,
      authority,
      message,
      request.csr,
      trace,
    );

    // 9 answer: sealed to the requester; then, and only then, it counts as delivered.
    const outcome = success(encodeCertsOnly([certificate]), message, opened);
    const certRep = await trace.step('answer', () => answer(outcome, opened.recipient));
    if (record.state === 'issued') {
      await trace.step('deliver', () => service.store.markDelivered(record, service.clock.now()));
    }
    await service.journal.record(trace.entry(repeated ? 'repeated' : 'issued'));
    return certRep;
  } catch (thrown) {
    const error = toSkepError(thrown);
    const { failInfo, text } = failRow(error.code);
    logFailure(service, endpoint, trace, error);
    await service.journal.record(trace.entry(failInfo ? 'refused' : 'unavailable', error.code, error.detail));
    // No verdict, no CertRep: the transport says that we are busy or away, and the device comes back.
    if (!failInfo || !answerer) throw error;
    return answer({ status: 'FAILURE', failInfo, text }, answerer);
  }
}

/** What cannot be read has no transaction to tell of; that it came, and why it was no message, is in the journal too. */
async function readOrTell(
  { journal, clock }: EnrollmentService,
  endpoint: Endpoint,
  body: Uint8Array,
): Promise<UnverifiedMessage> {
  try {
    return readPkiMessage(body);
  } catch (thrown) {
    const { code, detail } = toSkepError(thrown);
    await journal.record(startTrace(endpoint.name, '', clock).entry('refused', code, detail));
    throw thrown;
  }
}

interface Issued {
  readonly record: CertificateRecord;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Whether an earlier attempt had signed it already. */
  readonly repeated: boolean;
}

async function issue(
  service: EnrollmentService,
  endpoint: Endpoint,
  authority: AuthorityView,
  message: PkiMessage,
  csr: CertificationRequest,
  trace: Trace,
): Promise<Issued> {
  const { store, clock, logger } = service;
  trace.subject = formatName(csr.subject);
  // Whoever asks must hold the key, and a good one; checked before anybody else is bothered (RFC 2986 section 4.2).
  verifyCertificationRequest(csr, endpoint);
  assertRequestLimits(csr, service.limits);
  assertKey(csr.publicKey, endpoint.profile);
  const validator = chooseValidator(endpoint, authority, message, csr.challenge);
  const attempt: Attempt = {
    service,
    endpoint,
    authority,
    message,
    csr,
    trace,
    identity: identifyRequest({
      endpoint: endpoint.name,
      scope: endpoint.claimScope,
      validator,
      csr: csr.der,
      challenge: csr.challenge,
      renews: isSignedByOurs(authority, message) ? message.signer.serialNumber : undefined,
    }),
    validator,
    validation: {
      transactionId: message.reply.transactionId,
      csr: csr.der,
      challenge: csr.challenge,
      signerCertificate: message.signer.der,
    },
  };

  // 2 recall: has this very request, or this challenge, been here before?
  const recalled = await trace.step('recall', () => recall(attempt));
  let granted = recalled.next !== 'issue';
  try {
    let record: CertificateRecord;
    if (recalled.next === 'issue') {
      // 3 validate: is it genuine? Intune sees the very bytes that the certificate is issued from.
      const validated = await trace.step('validate', () => validate(attempt));
      granted = true;
      // …and are those whom it names there, enabled, and who they claim to be?
      const confirmed = await crossCheck(attempt);
      // 4 shape: policy and request become the certificate to be signed; a lint pass reads it back.
      const shaped = await trace.step('shape', () => shape(attempt, confirmed));
      // 5 reserve: what is about to be signed is written down first.
      record = await trace.step('reserve', () => reserve(attempt, recalled, shaped, validated));
    } else if (recalled.next === 'sign') {
      record = await trace.step('take up', () => takeUp(attempt, recalled.record));
    } else {
      record = recalled.record;
    }
    trace.serialNumber = record.serialNumber;

    if (record.state === 'reserved') {
      // 6 sign: the only use of the CA key.
      const reserved = record;
      const certificate = await trace.step('sign', () => sign(attempt, reserved));
      // 7 record: from here on it can be found, repeated and revoked.
      record = await trace.step('record', () => store.markIssued(reserved, certificate, clock.now()));
      logger.info(`Issued a certificate with serial number ${record.serialNumber}`, {
        endpoint: endpoint.name,
        transactionId: record.transactionId,
        subject: record.subject,
      });
    }

    if (record.state === 'issued') {
      // 8 notify: without the owner's word nothing leaves; a refusal revokes.
      const issued = record;
      await trace.step('notify', () => notify(attempt, issued));
    }
    if (!record.certificate)
      throw new SkepError('ERR_STATE', { detail: `${record.state} without a certificate` });
    return { record, certificate: record.certificate, repeated: recalled.next !== 'issue' };
  } catch (thrown) {
    if (granted) await tellOwnerOfFailure(attempt, toSkepError(thrown));
    throw thrown;
  }
}

/** Microsoft's rule: told are failures of ours after a granted validation; never the owner's own refusal, nor an outage. */
async function tellOwnerOfFailure({ validator, validation }: Attempt, error: SkepError): Promise<void> {
  if (error.code === 'ERR_NOTIFICATION_REFUSED' || !failRow(error.code).failInfo) return;
  const { transactionId, csr } = validation;
  await validator.notifyFailure?.({ transactionId, csr, code: error.code, detail: ERRORS[error.code].means });
}

function success(payload: Uint8Array, message: PkiMessage, opened: OpenedRequest<RecipientView>): Outcome {
  return { status: 'SUCCESS', payload, recipient: message.signer, cipher: opened.cipher };
}

const LEVELS = {
  client: 'info',
  policy: 'warn',
  security: 'warn',
  outage: 'error',
  setup: 'error',
  fault: 'error',
} as const;

/** Devices that ask twice at once get here every day, and anybody can: it is nobody's alarm. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ERR_BUSY', 'ERR_STORE_CONFLICT']);

function logFailure(service: EnrollmentService, endpoint: Endpoint, trace: Trace, error: SkepError): void {
  const level = HARMLESS.has(error.code) ? 'info' : LEVELS[ERRORS[error.code].kind];
  service.logger[level](error.message, {
    code: error.code,
    endpoint: endpoint.name,
    transactionId: trace.transactionId,
    messageType: trace.messageType,
    serialNumber: trace.serialNumber,
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  });
}
