/** @module Public documents with their validators: 200, or 304 when the client has it already (RFC 9110 section 13). */
import { respond, respondBodiless, respondText, type HttpAnswer, type HttpRequest } from './http.js';

export interface PublicDocument {
  readonly body: Uint8Array | string;
  readonly contentType: string;
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedAt?: Date;
  /** What caches may believe. */
  readonly maxAgeSeconds: number;
  /** When it lapses by itself, if it does. */
  readonly expiresAt?: Date;
}

/** Answers GET and HEAD. Set the same headers on both, and on 304 too. */
export function respondDocument(request: HttpRequest, document: PublicDocument): HttpAnswer {
  const { etag, modifiedAt, maxAgeSeconds, expiresAt } = document;
  const headers: Record<string, string> = {
    etag: `"${etag}"`,
    'cache-control': `max-age=${Math.max(0, Math.floor(maxAgeSeconds))}, public, no-transform, must-revalidate`,
    ...(modifiedAt ? { 'last-modified': modifiedAt.toUTCString() } : {}),
    ...(expiresAt ? { expires: expiresAt.toUTCString() } : {}),
  };
  if (isUnchanged(request, document)) return respondBodiless(304, headers);
  const whole = respond(200, document.body, document.contentType, headers);
  return request.method === 'HEAD' ? respondBodiless(200, whole.headers) : whole;
}

/** Present only when the method is neither GET nor HEAD. */
export function refuseMethod(request: HttpRequest): HttpAnswer | undefined {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  return respondText(405, 'Only GET and HEAD have a meaning here.', { allow: 'GET, HEAD' });
}

/** If-Modified-Since counts only without If-None-Match, and in whole seconds. */
function isUnchanged({ headers }: HttpRequest, { etag, modifiedAt }: PublicDocument): boolean {
  const known = headers.get('if-none-match');
  if (known !== null) {
    const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.includes('*') || tags.includes(`"${etag}"`);
  }
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  return modifiedAt !== undefined && Math.floor(modifiedAt.getTime() / 1000) * 1000 <= since;
}
