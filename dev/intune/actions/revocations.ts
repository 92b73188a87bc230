/** @module CertificateAuthorityRequests: the queue of revocations, and what a certificate authority made of them. */
import * as v from 'valibot';
import { parseRevocationError, REVOCATION_ERRORS, type RevocationError } from '../codes.js';
import type { SimulatorState } from '../state.js';
import { authorizeAction, readMember, refuseAction } from './authorize.js';
import { answerValue } from './results.js';
import type { ActionHandler } from './scep-actions.js';

const downloadSchema = v.object({
  maxRequests: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
  issuerName: v.optional(v.nullable(v.string()), null),
});

const resultsSchema = v.pipe(
  v.array(
    v.object({
      requestContext: v.pipe(v.string(), v.nonEmpty()),
      succeeded: v.boolean(),
      errorCode: v.string(),
      errorMessage: v.optional(v.nullable(v.string()), null),
    }),
  ),
  v.minLength(1),
);

interface RevocationResult {
  readonly requestContext: string;
  readonly error: RevocationError;
  readonly errorMessage: string | null;
}

export const handleDownload: ActionHandler = async (service, request, notes) => {
  const { tenantId } = await authorizeAction(service, request, notes);
  const parsed = v.safeParse(downloadSchema, readMember(request, 'downloadParameters'));
  if (!parsed.success) return refuseAction(400, 'downloadParameters are not valid');
  const { maxRequests, issuerName } = parsed.output;
  const once = service.state.switches.revocationDownload === 'once';
  const open = [...service.state.revocations.values()]
    .filter((row) => row.tenantId === tenantId)
    .filter((row) => row.state === 'queued' || (row.state === 'handedOut' && !once))
    .filter((row) => issuerName === null || row.issuerName === issuerName)
    .slice(0, maxRequests);
  for (const row of open) {
    row.state = 'handedOut';
    row.attempts += 1;
  }
  const value = open.map(({ requestContext, serialNumber, issuerName: issuer, caConfiguration }) => ({
    requestContext,
    serialNumber,
    issuerName: issuer,
    caConfiguration,
  }));
  return answerValue(request, notes, 'revocationRequests', value);
};

export const handleUpload: ActionHandler = async (service, request, notes) => {
  const { tenantId } = await authorizeAction(service, request, notes);
  const parsed = v.safeParse(resultsSchema, readMember(request, 'results'));
  if (!parsed.success) return refuseAction(400, 'results are not valid');
  const results = parsed.output.map(({ requestContext, succeeded, errorCode, errorMessage }) => {
    const error = parseRevocationError(errorCode);
    // The library's own rules: success has no error, failure has one.
    if (error === undefined || succeeded !== (error === 'None') || (succeeded && errorMessage))
      return refuseAction(400, 'succeeded, errorCode and errorMessage contradict each other');
    return { requestContext, error, errorMessage };
  });
  const { revocations } = service.state;
  const allKnown = results.every((result) => revocations.get(result.requestContext)?.tenantId === tenantId);
  if (allKnown) for (const result of results) settleRevocation(service.state, result);
  return answerValue(request, notes, 'boolean', allKnown);
};

function settleRevocation(
  state: SimulatorState,
  { requestContext, error, errorMessage }: RevocationResult,
): void {
  const row = state.revocations.get(requestContext);
  // A late repetition does not undo what was already reported as done.
  if (!row || row.state === 'succeeded') return;
  row.errorCode = error;
  row.errorMessage = errorMessage;
  if (error !== 'None') {
    row.state = REVOCATION_ERRORS[error].retryable ? 'queued' : 'failed';
    return;
  }
  row.state = 'succeeded';
  for (const certificate of state.certificates.values()) {
    if (certificate.tenantId === row.tenantId && certificate.serialNumber === row.serialNumber)
      certificate.state = 'revoked';
  }
}
