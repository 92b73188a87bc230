/** @module Reading Microsoft Graph: one object, or one page of a list. Nothing is ever written there. */
import type { Caller } from '../microsoft/caller.js';
import { createFailures } from '../microsoft/failures.js';
import { isJsonObject, type JsonObject, memberOf, parseJsonObject } from '../microsoft/json.js';
import type { HttpReply } from '../microsoft/transport.js';

export const DIRECTORY_FAILURES = createFailures({
  unavailable: 'ERR_DIRECTORY_UNAVAILABLE',
  forbidden: 'ERR_DIRECTORY_FORBIDDEN',
});

const { unavailable, ofReply } = DIRECTORY_FAILURES;

export interface Page {
  readonly entries: readonly JsonObject[];
  readonly nextLink?: string;
  readonly deltaLink?: string;
}

/** Both throw `ERR_DIRECTORY_UNAVAILABLE` or `ERR_DIRECTORY_FORBIDDEN`. */
export interface Graph {
  /** @param path below `/v1.0/`. @returns `undefined` when Graph says that there is no such object (404). */
  getObject(name: string, path: string): Promise<JsonObject | undefined>;
  /**
   * @param place a path below `/v1.0/`, or a whole link that a page before gave; then it must be of Graph's own origin,
   *   for it is shown our token.
   * @returns `expired` when the state in a link is too old to go on from.
   */
  getPage(name: string, place: string): Promise<Page | 'expired'>;
}

export interface GraphOptions {
  readonly call: Caller;
  readonly scope: string;
  /** Origin of Graph, with or without a trailing slash. */
  readonly baseUrl: string;
}

export function createGraph({ call, scope, baseUrl }: GraphOptions): Graph {
  const root = `${baseUrl.replace(/\/+$/, '')}/v1.0/`;
  const { origin } = new URL(root);

  async function get(name: string, url: string): Promise<HttpReply> {
    const headers = { Accept: 'application/json' };
    const { reply } = await call({
      name,
      scope,
      address: { url },
      request: () => ({ method: 'GET', url, headers }),
    });
    return reply;
  }

  /** Also a link that we kept ourselves is looked at: it lay in a storage account meanwhile. */
  function locate(name: string, place: string): string {
    if (!isLink(place)) return root + place;
    if (URL.canParse(place) && new URL(place).origin === origin) return place;
    throw unavailable(`${name}: the next page lies on another host`);
  }

  return {
    async getObject(name, path) {
      const reply = await get(name, root + path);
      return isNotFound(reply, name) ? undefined : readBody(reply, name);
    },

    async getPage(name, place) {
      const reply = await get(name, locate(name, place));
      if (isExpired(reply, place)) return 'expired';
      const body = readBody(reply, name);
      const value = body['value'];
      if (!Array.isArray(value)) throw unavailable(`${name}: the answer has no list`);
      const { '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = body;
      return {
        entries: (value as unknown[]).filter(isJsonObject),
        ...(typeof nextLink === 'string' ? { nextLink: locate(name, nextLink) } : {}),
        ...(typeof deltaLink === 'string' ? { deltaLink: locate(name, deltaLink) } : {}),
      };
    },
  };
}

function readBody(reply: HttpReply, name: string): JsonObject {
  if (reply.status !== 200) throw ofReply(reply, name);
  const body = parseJsonObject(reply.text);
  if (!body) throw unavailable(`${name}: the answer is no JSON`);
  return body;
}

/**
 * Certificates are revoked on the strength of a 404, so it must be Graph's own word and not that of a proxy or of a
 * gateway that lost its way.
 */
function isNotFound(reply: HttpReply, name: string): boolean {
  if (reply.status !== 404) return false;
  if (errorOf(reply) === undefined) throw unavailable(`${name}: HTTP 404 that is not Graph’s`);
  return true;
}

/**
 * Graph says 410 when the state in a link is too old, and at times 400. To begin anew is always safe, and a link that is
 * refused today would be refused for ever.
 */
function isExpired({ status }: HttpReply, place: string): boolean {
  return isLink(place) && (status === 410 || status === 400);
}

const isLink = (place: string): boolean => /^https?:/i.test(place);

function errorOf({ text }: HttpReply): string | undefined {
  const body = parseJsonObject(text);
  const error = body && memberOf(body, 'error');
  const code = isJsonObject(error) ? memberOf(error, 'code') : undefined;
  return typeof code === 'string' && code !== '' ? code : undefined;
}
