/** @module Microsoft Graph for the commands: reads objects and whole lists, writes one object at a time. */
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { PRODUCT } from '../../lib/app/version.js';
import { MINUTE_MS, type Clock } from '../../lib/base/clock.js';
import { silentLogger } from '../../lib/base/log.js';
import type { RandomBytes } from '../../lib/base/random.js';
import { createCaller } from '../../lib/microsoft/caller.js';
import type { Delay } from '../../lib/microsoft/deadline.js';
import { isJsonObject, parseJsonObject, type JsonObject } from '../../lib/microsoft/json.js';
import { createTokenCache } from '../../lib/microsoft/token-cache.js';
import type { HttpReply, OutgoingRequest } from '../../lib/microsoft/transport.js';
import { CliError, EXIT } from '../terminal.js';
import { GRAPH_FAILURES, toCliError, unanswered } from './refusal.js';

/**
 * Paths stand below the API's version, with their query: `servicePrincipals/{id}?$select=id`.
 * Everything throws {CliError}: a {GraphRefusal} with its status when Graph said no, `ERR_GRAPH_UNAVAILABLE` when it
 * said nothing, `ERR_SIGN_IN` without a token.
 */
export interface GraphClient {
  /** Origin of Graph. */
  readonly baseUrl: string;
  get(path: string): Promise<JsonObject>;
  /** All pages of a list. */
  list(path: string): Promise<readonly JsonObject[]>;
  /** Sent again only if it was certainly not carried out. @returns what was made. */
  post(path: string, body: object): Promise<JsonObject>;
  patch(path: string, body: object): Promise<void>;
  put(path: string, body: object): Promise<void>;
}

export interface GraphClientOptions {
  /** Origin of Graph, with or without a trailing slash. */
  readonly baseUrl: string;
  /** Default `v1.0`. */
  readonly version?: 'v1.0' | 'beta';
  readonly scope: string;
  readonly credential: TokenCredential;
  /** Must follow no redirects. */
  readonly httpClient: HttpClient;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly delay: Delay;
  /** Told when Graph makes us wait. */
  readonly note: (text: string) => void;
}

const ATTEMPT_TIMEOUT_MS = 30_000;
/** For one call with its attempts: throttling asks for a minute or two at most. */
const BUDGET_MS: number = 3 * MINUTE_MS;
/** A person types a code. */
const SIGN_IN_TIMEOUT_MS: number = 16 * MINUTE_MS;
/** A thousand objects a page at least; more of them than this is a loop. */
const MAX_PAGES = 1000;

export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { scope, clock, delay, note } = options;
  const root = `${options.baseUrl.replace(/\/+$/, '')}/${options.version ?? 'v1.0'}/`;
  const tokens = createTokenCache({
    credential: options.credential,
    clock,
    delay,
    timeoutMs: SIGN_IN_TIMEOUT_MS,
    failures: GRAPH_FAILURES,
  });
  const call = createCaller({
    tokens,
    httpClient: options.httpClient,
    clock,
    randomBytes: options.randomBytes,
    delay,
    logger: {
      ...silentLogger,
      warn: (_message, fields) => {
        if (fields?.['next'] === 'retry') note(`${String(fields['detail'])}; trying again.`);
      },
    },
    userAgent: PRODUCT,
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    budgetMs: BUDGET_MS,
    failures: GRAPH_FAILURES,
  });

  async function send(method: OutgoingRequest['method'], url: string, body?: object): Promise<HttpReply> {
    const name = `Microsoft Graph: ${method} ${describePath(url, root)}`;
    const headers = {
      Accept: 'application/json',
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    };
    const request = { method, url, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    try {
      // Before the call, whose budget is not made for people who type codes.
      await tokens.get(scope).catch(refuseSignIn);
      const { reply } = await call({
        name,
        scope,
        address: { url },
        repeatable: method !== 'POST',
        request: () => request,
      });
      if (reply.status < 200 || reply.status > 299) throw GRAPH_FAILURES.ofReply(reply, name);
      return reply;
    } catch (thrown) {
      throw toCliError(thrown);
    }
  }

  return {
    baseUrl: new URL(root).origin,

    async get(path) {
      return readObject(await send('GET', root + path), path);
    },

    async list(path) {
      const entries: JsonObject[] = [];
      let url: string | undefined = root + path;
      for (let page = 0; url !== undefined; page++) {
        if (page === MAX_PAGES) throw unanswered(`${path} has no end`);
        const body = readObject(await send('GET', url), path);
        const value = body['value'];
        if (!Array.isArray(value)) throw unanswered(`${path} is no list`);
        entries.push(...(value as unknown[]).filter(isJsonObject));
        url = readNextLink(body, root);
      }
      return entries;
    },

    async post(path, body) {
      const reply = await send('POST', root + path, body);
      return reply.text === '' ? {} : readObject(reply, path);
    },

    async patch(path, body) {
      await send('PATCH', root + path, body);
    },

    async put(path, body) {
      await send('PUT', root + path, body);
    },
  };
}

function readObject({ text }: HttpReply, path: string): JsonObject {
  const body = parseJsonObject(text);
  if (body) return body;
  throw unanswered(`${path} is no JSON; look for a proxy or a sign-in page in between`);
}

/** The next page is shown our token, so it must be Graph's own. */
function readNextLink(body: JsonObject, root: string): string | undefined {
  const link = body['@odata.nextLink'];
  if (typeof link !== 'string') return undefined;
  if (URL.canParse(link) && new URL(link).origin === new URL(root).origin) return link;
  throw unanswered('the next page lies on another host');
}

/** Without the query, which may name people. */
const describePath = (url: string, root: string): string =>
  (url.startsWith(root) ? url.slice(root.length) : url).replace(/\?.*$/s, '');

function refuseSignIn(thrown: unknown): never {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof CliError) throw cause;
  const { message } = toCliError(thrown);
  throw new CliError(
    EXIT.failed,
    'ERR_SIGN_IN',
    `Nobody is signed in to Microsoft Graph: ${message}`,
    'Run `az login`, and check --tenant.',
    { cause: thrown },
  );
}
