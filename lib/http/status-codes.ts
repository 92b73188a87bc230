/** @module HTTP status of a failure: a row for every kind, and for the codes that differ from their kind. */
import { ERRORS, type ErrorCode, type ErrorKind } from '../base/error-codes.js';
import type { SkepError } from '../base/errors.js';

const BY_KIND = {
  client: 400,
  policy: 403,
  security: 403,
  outage: 503,
  setup: 503,
  fault: 503,
} as const satisfies Record<ErrorKind, number>;

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  ERR_BODY_TOO_LARGE: 413,
  ERR_BODY_UNANNOUNCED: 411,
  ERR_PLAIN_HTTP: 403,
  ERR_BUSY: 429,
  ERR_RATE_LIMITED: 429,
  ERR_SIGNER_THROTTLED: 429,
  ERR_CALLER_UNAUTHENTICATED: 401,
  ERR_HTTP_PATH: 404,
  ERR_HTTP_METHOD: 405,
  ERR_CERT_UNKNOWN: 404,
  ERR_STORE_CONFLICT: 409,
  ERR_NOT_ON_HOLD: 409,
};

export function statusOf(code: ErrorCode): number {
  return BY_CODE[code] ?? BY_KIND[ERRORS[code].kind];
}

const RETRY_AFTER_SECONDS = 60;

/** Headers that the status calls for: when to come back, how to sign in. */
export function headersOf(error: SkepError): Record<string, string> {
  const status = statusOf(error.code);
  if (status === 503 || status === 429) {
    return { 'retry-after': String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS) };
  }
  return status === 401 ? { 'www-authenticate': 'Bearer' } : {};
}
