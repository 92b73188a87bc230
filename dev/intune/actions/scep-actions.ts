/** @module ScepActions: validateRequest, successNotification, failureNotification. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { toHex } from '../../../lib/base/bytes.js';
import { refuse, SUCCESS, type ActionResult } from '../codes.js';
import type { SimulatorRequest, SimulatorResponse } from '../http/messages.js';
import type { CertificateRequest } from '../model.js';
import { recordCertificate } from '../certificates.js';
import type { CallNotes, Service } from '../service.js';
import type { Draft } from '../validate/draft.js';
import { decodeStrictBase64 } from '../base64.js';
import { validateRequest } from '../validate/pipeline.js';
import { authorizeAction, readMember, refuseAction } from './authorize.js';
import { answerAction } from './results.js';

export type ActionHandler = (
  service: Service,
  request: SimulatorRequest,
  notes: CallNotes,
) => Promise<SimulatorResponse>;

const required = v.pipe(v.string(), v.nonEmpty());
const optional = v.optional(v.nullable(v.string()), null);
const correlation = { transactionId: required, certificateRequest: required, callerInfo: required };

const validationSchema = v.object(correlation);
const successSchema = v.object({
  ...correlation,
  certificateThumbprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/i)),
  certificateSerialNumber: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2}){1,20}$/i)),
  certificateExpirationDateUtc: v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  issuingCertificateAuthority: required,
  caConfiguration: optional,
  certificateAuthority: optional,
});
const failureSchema = v.object({
  ...correlation,
  hResult: v.pipe(v.number(), v.integer()),
  errorDescription: v.pipe(v.string(), v.nonEmpty(), v.maxLength(255)),
});

/** @throws {Problem} 400 that names the member at fault, never its value. */
function readBody<Schema extends v.GenericSchema>(
  request: SimulatorRequest,
  member: string,
  schema: Schema,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, readMember(request, member));
  if (result.success) return result.output;
  const places = result.issues.map((issue) => v.getDotPath(issue) ?? member);
  return refuseAction(400, `Missing or malformed: ${places.join(', ')}`);
}

const digestRequest = (base64: string) => {
  const der = decodeStrictBase64(base64);
  return der ? toHex(createHash('sha256').update(der).digest()) : '';
};

export const handleValidateRequest: ActionHandler = async (service, request, notes) => {
  const claims = await authorizeAction(service, request, notes);
  const body = readBody(request, 'request', validationSchema);
  notes.transactionId = body.transactionId;
  const { state, clock } = service;
  const draft: Draft = {
    state,
    clock,
    tokenTenantId: claims.tenantId,
    certificateRequest: body.certificateRequest,
  };
  const result = await validateRequest(draft);
  const { challengeDigest = '' } = draft;
  const asked = state.requests.get(challengeDigest);
  if (asked && asked.state !== 'completed') asked.state = result.code === 'Success' ? 'validated' : 'refused';
  if (result.code === 'Success') {
    const csrDigest = digestRequest(body.certificateRequest);
    state.validations.set(csrDigest, {
      csrDigest,
      challengeDigest,
      transactionId: body.transactionId,
      at: clock.now().toISOString(),
    });
  }
  return answerAction(request, notes, result);
};

export const handleSuccessNotification: ActionHandler = async (service, request, notes) => {
  await authorizeAction(service, request, notes);
  const body = readBody(request, 'notification', successSchema);
  notes.transactionId = body.transactionId;
  const asked = findValidated(service, body.certificateRequest);
  if (!asked) return answerAction(request, notes, NOT_VALIDATED);
  const recorded = recordCertificate(service.state, service.clock.now(), asked, {
    transactionId: body.transactionId,
    thumbprint: body.certificateThumbprint.toUpperCase(),
    serialNumber: body.certificateSerialNumber,
    expiresAt: new Date(body.certificateExpirationDateUtc).toISOString(),
    issuer: body.issuingCertificateAuthority,
    caConfiguration: body.caConfiguration ?? '',
    certificateAuthority: body.certificateAuthority ?? '',
  });
  return answerAction(
    request,
    notes,
    recorded ? SUCCESS : refuse('Unknown', 'Another certificate was already recorded for this challenge.'),
  );
};

export const handleFailureNotification: ActionHandler = async (service, request, notes) => {
  const claims = await authorizeAction(service, request, notes);
  const body = readBody(request, 'notification', failureSchema);
  notes.transactionId = body.transactionId;
  const asked = findValidated(service, body.certificateRequest);
  if (asked && asked.state !== 'completed') asked.state = 'failed';
  service.state.failures.push({
    at: service.clock.now().toISOString(),
    tenantId: claims.tenantId,
    transactionId: body.transactionId,
    hResult: body.hResult,
    errorDescription: body.errorDescription,
  });
  return answerAction(request, notes, SUCCESS);
};

const NOT_VALIDATED: ActionResult = refuse('Unknown', 'This certificate request was not validated.');

function findValidated(service: Service, certificateRequest: string): CertificateRequest | undefined {
  const validation = service.state.validations.get(digestRequest(certificateRequest));
  return validation && service.state.requests.get(validation.challengeDigest);
}
