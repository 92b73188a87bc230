/** @module Errors in Microsoft Graph's form. */
import { randomUUID } from 'node:crypto';
import { json, Problem } from '../http/messages.js';

export const GRAPH_ERRORS = {
  InvalidAuthenticationToken: {
    status: 401,
    text: 'Access token is missing, expired or for another audience.',
  },
  Authorization_RequestDenied: { status: 403, text: 'Insufficient privileges to complete the operation.' },
  SyncStateNotFound: { status: 410, text: 'The delta token is too old; start again.' },
  Request_BadRequest: { status: 400, text: 'The query is not understood.' },
  BadRequest: { status: 400, text: 'The object is not as its type wants it.' },
  Request_ResourceNotFound: { status: 404, text: 'The resource does not exist.' },
} as const satisfies Record<string, { status: number; text: string }>;

/**
 * @param text default: that of the table.
 * @throws {Problem} always.
 */
export function refuseGraph(
  code: keyof typeof GRAPH_ERRORS,
  at: Date,
  text: string = GRAPH_ERRORS[code].text,
): never {
  const { status } = GRAPH_ERRORS[code];
  const requestId = randomUUID();
  throw new Problem(
    json(
      {
        error: {
          code,
          message: text,
          innerError: { date: at.toISOString().slice(0, 19), 'request-id': requestId },
        },
      },
      status,
    ),
  );
}
