/** @module The handlers' answers as Responses of the Web, for clients in this process that speak fetch. */
import type { HttpAnswer } from '../lib/http/http.js';

export function toResponse({ status, headers, body }: HttpAnswer): Response {
  // 304 must have no body at all, not an empty one.
  return new Response(body.length === 0 ? null : Buffer.from(body), { status, headers });
}

type Handler<Asked extends unknown[], Answer> = (...asked: Asked) => Promise<Answer>;

/** A handler that answers with Responses. */
export type Responding<Plain> =
  Plain extends Handler<infer Asked, HttpAnswer> ? Handler<Asked, Response> : never;

/** The same handler, answering with Responses. */
export function respondingWeb<Asked extends unknown[]>(
  handle: Handler<Asked, HttpAnswer>,
): Handler<Asked, Response> {
  return async (...asked) => toResponse(await handle(...asked));
}
