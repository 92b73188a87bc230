/** @module Guessing at tokens: an address that failed too often is not listened to for a while. */
import { toSkepError } from '../base/errors.js';
import type { AddressLimit } from './address-limit.js';
import type { HttpAnswer, HttpRequest } from './http.js';
import { respondJsonError } from './json.js';

const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** The handler, but each of its answers 401 and 403 counts, and at the limit there is 429 before it is asked. */
export function limitFailures<Request extends HttpRequest, Rest extends unknown[]>(
  handler: (request: Request, ...rest: Rest) => Promise<HttpAnswer>,
  limit: AddressLimit,
): (request: Request, ...rest: Rest) => Promise<HttpAnswer> {
  return async (request, ...rest) => {
    try {
      limit.assertRoom(request);
    } catch (thrown) {
      return respondJsonError(toSkepError(thrown));
    }
    const response = await handler(request, ...rest);
    if (REFUSED.has(response.status)) limit.count(request);
    return response;
  };
}
