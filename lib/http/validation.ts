/**
 * @module Intune's verdict as a service, without a certificate: for CAs that issue elsewhere.
 *
 * They ask before they issue (`validate`) and must tell Intune afterwards (`notifySuccess`, `notifyFailure`), all by
 * POST of one JSON object.
 */
import type { ErrorCode } from '../base/error-codes.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { BearerVerifier } from './bearer.js';
import type { HttpAnswer, HttpRequest } from './http.js';
import { readJson, respondJson, respondJsonError } from './json.js';
import { parseValidationInput, type ValidationInput } from './validation-input.js';

export type ValidationRuling =
  | { readonly granted: true; readonly resultCode: string }
  | {
      readonly granted: false;
      readonly code: ErrorCode;
      readonly resultCode: string;
      readonly detail: string;
    };

interface Transaction {
  readonly transactionId: string;
  /** PKCS#10, DER. */
  readonly csr: Uint8Array;
}

/** What this needs of Intune's client. */
export interface ValidationAuthority {
  validateRequest(transaction: Transaction): Promise<ValidationRuling>;
  successNotification(
    notice: Transaction & {
      readonly certificateThumbprint: string;
      readonly certificateSerialNumber: string;
      readonly certificateExpirationDate: Date;
      readonly issuingCertificateAuthority: string;
      readonly caConfiguration: string;
      readonly certificateAuthority: string;
    },
  ): Promise<ValidationRuling>;
  failureNotification(
    notice: Transaction & { readonly hResult: number; readonly errorDescription: string },
  ): Promise<ValidationRuling>;
}

/**
 * How callers prove who they are. There is no third way and no default.
 * - `entra`: by a bearer token with the app role; the route's authLevel is `anonymous`.
 * - `function-key`: the host has checked the key before we are called; the route's authLevel must be `function`.
 */
export type ValidationAccess =
  { readonly by: 'entra'; readonly verify: BearerVerifier } | { readonly by: 'function-key' };

export const VALIDATION_ROLE = 'Validation.Use';
const MAX_BODY_BYTES = 256 * 1024;

export interface ValidationHandlerOptions {
  readonly authority: ValidationAuthority;
  readonly access: ValidationAccess;
  readonly logger: Logger;
}

/**
 * Answers 200 `{ granted, code, resultCode, detail }` with Intune's verdict, whatever it is; `code` is null when
 * granted. 401, 403: not this caller. 405, 413, 400: not this request. 503 with Retry-After: no verdict could be had, and
 * nothing may be issued.
 */
export function createValidationHandler(
  options: ValidationHandlerOptions,
): (request: HttpRequest) => Promise<HttpAnswer> {
  const { authority, access, logger } = options;

  async function handle(request: HttpRequest): Promise<HttpAnswer> {
    if (request.method !== 'POST') throw new SkepError('ERR_HTTP_METHOD', { detail: request.method });
    const caller =
      access.by === 'entra'
        ? (await access.verify(request.headers.get('authorization'), VALIDATION_ROLE)).id
        : access.by;
    const input = parseValidationInput(await readJson(request, MAX_BODY_BYTES));
    const ruling = await ask(authority, input);
    const { granted, resultCode } = ruling;
    const { action, transactionId } = input;
    const code = ruling.granted ? undefined : ruling.code;
    const fields = { action, transactionId, caller, granted, resultCode, code };
    logger[granted ? 'info' : 'warn']('Passed a request on to Intune', fields);
    return respondJson(200, {
      granted,
      code: ruling.granted ? null : ruling.code,
      resultCode,
      detail: ruling.granted ? '' : ruling.detail,
    });
  }

  return async (request) => {
    try {
      return await handle(request);
    } catch (thrown) {
      const failure = toSkepError(thrown);
      logger.warn('Passed nothing on to Intune, or got no verdict', {
        code: failure.code,
        detail: failure.detail,
      });
      return respondJsonError(failure, failure.code === 'ERR_HTTP_METHOD' ? { allow: 'POST' } : {});
    }
  };
}

function ask(authority: ValidationAuthority, input: ValidationInput): Promise<ValidationRuling> {
  const transaction = { transactionId: input.transactionId, csr: input.certificateRequest };
  switch (input.action) {
    case 'validate':
      return authority.validateRequest(transaction);
    case 'notifySuccess':
      return authority.successNotification({
        ...transaction,
        certificateThumbprint: input.certificateThumbprint,
        certificateSerialNumber: input.certificateSerialNumber,
        certificateExpirationDate: input.certificateExpirationDateUtc,
        issuingCertificateAuthority: input.issuingCertificateAuthority,
        caConfiguration: input.caConfiguration,
        certificateAuthority: input.certificateAuthority,
      });
    case 'notifyFailure':
      return authority.failureNotification({
        ...transaction,
        hResult: input.hResult,
        errorDescription: input.errorDescription,
      });
  }
}
