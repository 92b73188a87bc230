/** @module The directory through Microsoft Graph: one for the whole process, for it remembers tokens. */
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Clock } from '../base/clock.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import { createCaller } from '../microsoft/caller.js';
import { type Delay, isTimeout, runWithin } from '../microsoft/deadline.js';
import { GRAPH_HOST_SUFFIXES, isAllowedUrl } from '../microsoft/hosts.js';
import { createTokenCache } from '../microsoft/token-cache.js';
import { readTokenRoles } from '../microsoft/token-roles.js';
import type { Directory } from './directory.js';
import { createFeedReader } from './feeds.js';
import { createGraph, DIRECTORY_FAILURES } from './graph.js';
import { createLookups, type Lookups } from './lookups.js';
import { createStandings, type StandingRules } from './standing.js';

/** App roles of Microsoft Graph that reading the directory takes, and no more. */
export const DIRECTORY_ROLES = [
  'Device.Read.All',
  'User.Read.All',
  'DeviceManagementManagedDevices.Read.All',
] as const;

/** Broader roles that a tenant may have granted already, and what they include of ours. */
export const BROADER_DIRECTORY_ROLES: Readonly<Record<string, readonly string[]>> = {
  'Directory.Read.All': ['Device.Read.All', 'User.Read.All'],
};

export interface DirectoryProbe {
  readonly ok: boolean;
  /** Of `DIRECTORY_ROLES`, those that the token lacks. */
  readonly missingRoles: readonly string[];
  /** The error's code and detail, when there is no token. */
  readonly detail?: string;
}

export interface GraphDirectory extends Directory {
  readonly lookups: Lookups;
  /** Whether the token has the roles. Never throws. */
  probe(): Promise<DirectoryProbe>;
}

export interface GraphDirectoryOptions {
  readonly credential: TokenCredential;
  /** Must keep connections alive and follow no redirects, as `createDefaultHttpClient()` does. */
  readonly httpClient: HttpClient;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly delay: Delay;
  readonly logger: Logger;
  /** Product name and version, e.g. `Skep/0.1.0`. */
  readonly userAgent: string;
  readonly graphBaseUrl: string;
  readonly graphScope: string;
  readonly rules: StandingRules;
  /** Hosts beside Microsoft's that may see our token, over plain http too: `host` or `host:port`. Default none. */
  readonly extraHosts?: readonly string[];
  /** Default 8 seconds. */
  readonly attemptTimeoutMs?: number;
  /** For one call with its attempts. Default 20 seconds. */
  readonly budgetMs?: number;
}

/** @throws {SkepError} `ERR_CONFIG` when `graphBaseUrl` is neither Graph nor on one of `extraHosts`. */
export function createGraphDirectory(options: GraphDirectoryOptions): GraphDirectory {
  const { credential, clock, delay, graphBaseUrl, graphScope, rules, budgetMs = 20_000 } = options;
  if (!isAllowedUrl(graphBaseUrl, GRAPH_HOST_SUFFIXES, options.extraHosts ?? [])) {
    throw new SkepError('ERR_CONFIG', { detail: `Graph may not be at ${graphBaseUrl}` });
  }
  const failures = DIRECTORY_FAILURES;
  const tokens = createTokenCache({ credential, clock, delay, timeoutMs: budgetMs, failures });
  const call = createCaller({
    tokens,
    httpClient: options.httpClient,
    clock,
    randomBytes: options.randomBytes,
    delay,
    logger: options.logger,
    userAgent: options.userAgent,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 8_000,
    budgetMs,
    failures,
  });
  const graph = createGraph({ call, scope: graphScope, baseUrl: graphBaseUrl });
  const lookups = createLookups(graph);
  const standingOf = createStandings(lookups, rules);

  return {
    lookups,
    readPage: createFeedReader(graph, rules),

    async standingOf(holder, evidence, limitMs) {
      if (limitMs === undefined) return standingOf(holder, evidence);
      try {
        return await runWithin(limitMs, delay, () => standingOf(holder, evidence));
      } catch (thrown) {
        throw isTimeout(thrown) ? failures.unavailable(thrown.message, { cause: thrown }) : thrown;
      }
    },

    async probe() {
      try {
        const roles = readTokenRoles(await tokens.get(graphScope));
        const held = new Set(roles.flatMap((role) => [role, ...(BROADER_DIRECTORY_ROLES[role] ?? [])]));
        const missingRoles = DIRECTORY_ROLES.filter((role) => !held.has(role));
        return { ok: missingRoles.length === 0, missingRoles };
      } catch (thrown) {
        const { code, detail } = toSkepError(thrown);
        return { ok: false, missingRoles: [], detail: detail ? `${code}: ${detail}` : code };
      }
    },
  };
}
