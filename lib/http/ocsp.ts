/** @module OCSP over HTTP: POST, and GET with its cache headers (RFC 6960 appendix A, RFC 5019 sections 5 and 6). */
import { fromBase64 } from '../base/bytes.js';
import type { Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import type { OcspResponseStatus } from '../pki/ocsp-response.js';
import type { OcspAnswer, OcspResponder } from '../revocation/ocsp-responder.js';
import { respondDocument } from './document.js';
import { readBody, respond, respondError, respondText, type HttpAnswer, type HttpRequest } from './http.js';

const RESPONSE_TYPE = 'application/ocsp-response';

/** A request about one certificate has a hundred octets; a signed one with a certificate chain, some thousand. */
const MAX_BODY_BYTES = 8192;
const RETRY_AFTER_SECONDS = 60;

/**
 * An answer that says no is an answer: 200 (RFC 5019 section 2.2.3). Only when we are at fault does HTTP say so too,
 * for the sake of load balancers and monitors; the body remains an OCSPResponse.
 */
const HTTP_STATUS = {
  successful: 200,
  malformedRequest: 200,
  unauthorized: 200,
  tryLater: 503,
  internalError: 500,
} as const satisfies Record<OcspResponseStatus, number>;

/** Handles every path whose part `/ocsp` is followed by nothing, or by a request in base64. */
export function createOcspHandler(
  responder: OcspResponder,
  clock: Clock,
): (request: HttpRequest) => Promise<HttpAnswer> {
  async function get(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await responder.respond(parseOcspPath(request.url));
    const { cacheable } = answer;
    if (!cacheable) return respondAnswer(answer);
    const { thisUpdate, nextUpdate, etag } = cacheable;
    return respondDocument(request, {
      body: answer.der,
      contentType: RESPONSE_TYPE,
      etag,
      modifiedAt: thisUpdate,
      expiresAt: nextUpdate,
      maxAgeSeconds: (nextUpdate.getTime() - clock.now().getTime()) / 1000,
    });
  }

  async function post(request: HttpRequest): Promise<HttpAnswer> {
    let body: Uint8Array;
    try {
      body = await readBody(request, MAX_BODY_BYTES);
    } catch (thrown) {
      return respondError(toSkepError(thrown));
    }
    return respondAnswer(await responder.respond(body));
  }

  return async (request) => {
    if (request.method === 'GET') return get(request);
    if (request.method === 'POST') return post(request);
    return respondText(405, 'OCSP is asked by GET or POST.', { allow: 'GET, POST' });
  };
}

function respondAnswer({ der, status, retryAfterSeconds = RETRY_AFTER_SECONDS }: OcspAnswer): HttpAnswer {
  return respond(HTTP_STATUS[status], der, RESPONSE_TYPE, {
    'cache-control': 'no-store',
    ...(status === 'tryLater' ? { 'retry-after': String(retryAfterSeconds) } : {}),
  });
}

/**
 * The request in a GET's path: base64, and percent-encoded. Real clients leave `/`, `+` and `=` as they are, use the
 * URL-safe alphabet, encode twice, put a second slash in front, or send a `+` that arrives as a space.
 * @returns no octets when there is no base64: no request at all, which is malformed.
 */
export function parseOcspPath(url: string): Uint8Array {
  const [, raw = ''] = /^.*?\/ocsp\/+(.*)$/i.exec(new URL(url).pathname) ?? [];
  const text = decodePercent(decodePercent(raw)).replaceAll(' ', '+');
  const isBase64 = text.length <= MAX_BODY_BYTES * 2 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  return isBase64 ? fromBase64(text) : new Uint8Array();
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
