/** @module Where the tenant's Intune services are: Microsoft Graph lists them, we remember the list for hours. */
import { HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { Caller } from '../microsoft/caller.js';
import { isAllowedUrl } from '../microsoft/hosts.js';
import { isJsonObject, memberOf, parseJsonObject } from '../microsoft/json.js';
import type { HttpReply } from '../microsoft/transport.js';
import { replyFailure, unavailable } from './replies.js';
import { INTUNE_HOST_SUFFIXES, type IntuneCloud, type IntuneService } from './services.js';

const FRESH_MS = 12 * HOUR_MS;
/** Between two attempts to renew a list that still serves. */
const RETRY_MS = MINUTE_MS;
/** In place of the time until which a list is fresh. */
const WRONG = 0;
const MAX_PAGES = 20;
const NAME = 'Graph endpoint list';

/** Lower-case provider name → base URL without trailing slash. */
export type ServiceMap = ReadonlyMap<string, string>;

export interface Discovery {
  /**
   * The base URL of `service`, without trailing slash, on a host that may see our token.
   * @throws {SkepError} `ERR_INTUNE_UNDISCOVERED` when the list lacks it or names an unlisted host;
   *   `ERR_VALIDATOR_UNAVAILABLE`, `ERR_INTUNE_FORBIDDEN` when there is no list.
   */
  readonly find: (service: IntuneService) => Promise<string>;
  /** Has the next `find` ask again, if `baseUrl` is what the present list says. */
  readonly forget: (baseUrl: string) => void;
}

export interface DiscoveryOptions {
  readonly call: Caller;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cloud: IntuneCloud;
  readonly extraHosts: readonly string[];
}

export function createDiscovery({ call, clock, logger, cloud, extraHosts }: DiscoveryOptions): Discovery {
  let known: { readonly services: ServiceMap; readonly freshUntilMs: number } | undefined;
  let flight: Promise<ServiceMap> | undefined;

  async function download(): Promise<ServiceMap> {
    const services = new Map<string, string>();
    let url: string | undefined = endpointsUrl(cloud);
    for (let page = 0; url !== undefined && page < MAX_PAGES; page++) {
      const at: string = url;
      const { reply } = await call({
        name: NAME,
        scope: cloud.graphScope,
        address: { url: at },
        request: () => ({ method: 'GET', url: at, headers: {} }),
      });
      const { endpoints, nextLink } = processEndpointsResponse(reply, at);
      for (const { providerName, uri } of endpoints) {
        services.set(providerName.toLowerCase(), uri.replace(/\/+$/, ''));
      }
      url = nextLink;
    }
    return services;
  }

  async function refresh(): Promise<ServiceMap> {
    try {
      const services = await download();
      known = { services, freshUntilMs: clock.now().getTime() + FRESH_MS };
      return services;
    } catch (failure) {
      if (!known) throw failure;
      // Graph being away is no reason to refuse devices: Intune hardly ever moves, and a move shows in the calls to it.
      known = { services: known.services, freshUntilMs: clock.now().getTime() + RETRY_MS };
      logger.warn('Discovery failed; the last known endpoints serve on', {
        detail: failure instanceof SkepError ? failure.detail : undefined,
      });
      return known.services;
    } finally {
      flight = undefined;
    }
  }

  /** A list that is merely old serves while it is renewed; for one that was found wrong the next is waited for. */
  async function current(): Promise<ServiceMap> {
    if (known && clock.now().getTime() < known.freshUntilMs) return known.services;
    const renewal = (flight ??= refresh());
    if (!known || known.freshUntilMs === WRONG) return renewal;
    renewal.catch(() => undefined);
    return known.services;
  }

  function expire(): void {
    if (known) known = { services: known.services, freshUntilMs: WRONG };
  }

  return {
    async find({ providerName }) {
      const services = await current();
      const url = services.get(providerName.toLowerCase());
      if (url !== undefined && isAllowedUrl(url, INTUNE_HOST_SUFFIXES, extraHosts)) return url;
      // What is wrong may be put right at any moment; nobody should wait hours for us to notice.
      expire();
      throw new SkepError('ERR_INTUNE_UNDISCOVERED', {
        detail: url === undefined ? `no ${providerName}` : `${providerName} is at ${hostOf(url)}`,
        retryAfterSeconds: 60,
      });
    },
    forget(baseUrl) {
      if (known && [...known.services.values()].includes(baseUrl)) expire();
    },
  };
}

export function endpointsUrl({ graphBaseUrl, intuneAppId }: IntuneCloud): string {
  return `${graphBaseUrl.replace(/\/+$/, '')}/v1.0/servicePrincipals/appId=${intuneAppId}/endpoints`;
}

/**
 * One page of the list. Entries without a provider name or a uri are passed over.
 * @param url where the page came from; the next one must be of the same origin, for it is shown our token.
 * @throws {SkepError} `ERR_INTUNE_UNDISCOVERED` when the tenant has no Intune, or the next page lies elsewhere;
 *   `ERR_INTUNE_FORBIDDEN`, `ERR_VALIDATOR_UNAVAILABLE` when this is no list.
 */
export function processEndpointsResponse(
  reply: HttpReply,
  url: string,
): {
  readonly endpoints: readonly { readonly providerName: string; readonly uri: string }[];
  readonly nextLink: string | undefined;
} {
  if (reply.status === 404) {
    throw new SkepError('ERR_INTUNE_UNDISCOVERED', {
      detail: 'the tenant has no service principal of Microsoft Intune',
      retryAfterSeconds: 60,
    });
  }
  if (reply.status !== 200) throw replyFailure(reply, NAME);
  const body = parseJsonObject(reply.text);
  const value = body?.['value'];
  if (!body || !Array.isArray(value)) throw unavailable(`${NAME}: the answer has no list`);

  const endpoints = (value as unknown[]).flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const providerName = memberOf(entry, 'providerName');
    const uri = memberOf(entry, 'uri');
    return typeof providerName === 'string' && typeof uri === 'string' ? [{ providerName, uri }] : [];
  });

  const nextLink = body['@odata.nextLink'];
  if (typeof nextLink !== 'string') return { endpoints, nextLink: undefined };
  if (!URL.canParse(nextLink) || new URL(nextLink).origin !== new URL(url).origin) {
    throw new SkepError('ERR_INTUNE_UNDISCOVERED', { detail: `${NAME}: the next page lies on another host` });
  }
  return { endpoints, nextLink };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : 'no URL';
}
