/** @module Errors of the token endpoint in Entra's form. */
import { randomUUID } from 'node:crypto';
import { json, Problem } from '../http/messages.js';

interface EntraErrorRow {
  readonly status: 400 | 401;
  readonly error: string;
  readonly text: string;
}

const ENTRA_ERRORS = {
  50126: { status: 400, error: 'invalid_grant', text: 'The user name or the password is wrong.' },
  65001: {
    status: 400,
    error: 'invalid_grant',
    text: 'The user or an administrator has not consented to a permission that was asked for.',
  },
  65004: { status: 400, error: 'authorization_declined', text: 'The user declined to sign in.' },
  70016: { status: 400, error: 'authorization_pending', text: 'The user has not signed in yet.' },
  70020: { status: 400, error: 'expired_token', text: 'The code has expired or is not known.' },
  90002: { status: 400, error: 'invalid_request', text: 'The tenant was not found.' },
  500011: {
    status: 400,
    error: 'invalid_resource',
    text: 'The resource principal was not found in the tenant.',
  },
  700016: { status: 400, error: 'unauthorized_client', text: 'The application was not found in the tenant.' },
  700027: { status: 401, error: 'invalid_client', text: 'The client assertion failed validation.' },
  70003: { status: 400, error: 'unsupported_grant_type', text: 'The grant type is not supported.' },
  70011: { status: 400, error: 'invalid_scope', text: 'The scope is not valid.' },
  7000215: { status: 401, error: 'invalid_client', text: 'The client secret is not valid.' },
  7000218: { status: 401, error: 'invalid_client', text: 'A client secret or client assertion is missing.' },
  900144: { status: 400, error: 'invalid_request', text: 'A required form parameter is missing.' },
} as const satisfies Record<number, EntraErrorRow>;

export type EntraErrorCode = keyof typeof ENTRA_ERRORS;

/** @throws {Problem} always. */
export function refuseToken(code: EntraErrorCode, at: Date): never {
  const { status, error, text } = ENTRA_ERRORS[code];
  const correlationId = randomUUID();
  const timestamp = `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const traceId = randomUUID();
  throw new Problem(
    json(
      {
        error,
        error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
        error_codes: [code],
        timestamp,
        trace_id: traceId,
        correlation_id: correlationId,
        error_uri: `https://login.microsoftonline.com/error?code=${code}`,
      },
      status,
    ),
  );
}
