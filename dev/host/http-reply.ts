/** @module Writes answers: status, headers, cookies, and always a Content-Length. */
import type { ServerResponse } from 'node:http';
import type { RpcCookie, RpcHttpResponse, RpcInvocationResponse } from './rpc.js';

const NO_BODY = Buffer.alloc(0);
/** RFC 9110 section 8.6: no Content-Length in a 204. */
const NO_CONTENT = 204;

/** An answer of the host itself; never has a body. */
export function replyEmpty(res: ServerResponse, status: number): void {
  res.writeHead(status, status === NO_CONTENT ? undefined : { 'Content-Length': '0' });
  res.end();
}

/**
 * A function's answer. A function that returned nothing answers 204.
 * @throws {RangeError} when the function's own Content-Length is not its body's; nothing was written then.
 */
export function replyWith(res: ServerResponse, response: RpcInvocationResponse): void {
  const http = response.returnValue?.http;
  if (!http) {
    replyEmpty(res, NO_CONTENT);
    return;
  }
  const status = Number(http.statusCode);
  const body = bodyOf(http);
  const headers: Record<string, string | string[]> = { ...http.headers };
  if (http.cookies?.length) headers['set-cookie'] = http.cookies.map(formatCookie);
  const declared = http.headers['content-length'];
  if (declared === undefined) {
    if (status !== NO_CONTENT) headers['content-length'] = String(body.length);
  } else if (Number(declared) !== body.length && res.req.method !== 'HEAD') {
    throw new RangeError(`Content-Length is ${declared}, the body has ${body.length} bytes`);
  }
  res.writeHead(status, headers);
  res.end(body);
}

function bodyOf({ body }: RpcHttpResponse): Uint8Array {
  if (body?.bytes) return body.bytes;
  return body?.string === undefined ? NO_BODY : Buffer.from(body.string);
}

/** RFC 6265 section 4.1; name and value percent-encoded as ASP.NET does. */
function formatCookie(cookie: RpcCookie): string {
  const parts = [`${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`];
  if (cookie.expires) parts.push(`expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`);
  if (cookie.maxAge) parts.push(`max-age=${cookie.maxAge.value}`);
  if (cookie.domain) parts.push(`domain=${cookie.domain.value}`);
  if (cookie.path) parts.push(`path=${cookie.path.value}`);
  if (cookie.secure?.value) parts.push('secure');
  if (cookie.sameSite === 'lax' || cookie.sameSite === 'strict') parts.push(`samesite=${cookie.sameSite}`);
  if (cookie.sameSite === 'explicitNone') parts.push('samesite=none');
  if (cookie.httpOnly?.value) parts.push('httponly');
  return parts.join('; ');
}
