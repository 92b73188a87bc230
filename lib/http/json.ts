/** @module JSON in, JSON out, and errors as JSON with a stable code, for callers that are programs. */
import { ERRORS } from '../base/error-codes.js';
import { SkepError } from '../base/errors.js';
import { readBody, respond, type HttpAnswer, type HttpRequest } from './http.js';
import { headersOf, statusOf } from './status-codes.js';

/** Never cached: what these answers say is of the moment, and often of one caller. */
export function respondJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return respond(status, JSON.stringify(body), 'application/json; charset=utf-8', {
    'cache-control': 'no-store',
    ...headers,
  });
}

/**
 * `{ code, message, detail? }`. Only what is wrong with the request is told in detail; the rest is for the log.
 * @param headers beside Retry-After (503, 429) and WWW-Authenticate (401).
 */
export function respondJsonError(
  error: SkepError,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const { code, detail } = error;
  const status = statusOf(code);
  const body = { code, message: ERRORS[code].means, ...(status === 400 && detail ? { detail } : {}) };
  return respondJson(status, body, { ...headersOf(error), ...headers });
}

/** @throws {SkepError} `ERR_BODY_TOO_LARGE`, `ERR_BODY_MISSING`; `ERR_HTTP_BODY` when the body is no JSON in UTF-8. */
export async function readJson(request: HttpRequest, maxBytes: number): Promise<unknown> {
  const body = await readBody(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // The parser's own message repeats the text, which may hold a challenge: it is no cause to keep.
    throw new SkepError('ERR_HTTP_BODY', { detail: 'no JSON' });
  }
}
