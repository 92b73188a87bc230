/** @module Plain HTTP is for OCSP, CRLs and CA certificates, which are signed and public; the rest is HTTPS only. */
import { SkepError } from '../base/errors.js';
import { respondError, type HttpAnswer, type HttpRequest } from './http.js';

/**
 * Whether any part of the request's way here was plain HTTP. Behind a proxy, and in Azure there always is one, the URL
 * tells only of the last part; `x-forwarded-proto` tells of those before it. A client that lies there harms itself alone.
 */
export function isPlainHttp(request: Pick<HttpRequest, 'url' | 'headers'>): boolean {
  const forwarded = request.headers.get('x-forwarded-proto');
  if (forwarded === null) return new URL(request.url).protocol !== 'https:';
  return forwarded.split(',').some((scheme) => scheme.trim().toLowerCase() !== 'https');
}

/** The handler, but for plain HTTP: that is refused, not redirected, since what was sent has been read by then. */
export function requireHttps<Request extends HttpRequest, Rest extends unknown[]>(
  handler: (request: Request, ...rest: Rest) => Promise<HttpAnswer>,
): (request: Request, ...rest: Rest) => Promise<HttpAnswer> {
  return (request, ...rest) =>
    isPlainHttp(request)
      ? Promise.resolve(respondError(new SkepError('ERR_PLAIN_HTTP')))
      : handler(request, ...rest);
}
