/** @module The directory, where it is connected: who is asked, and for what it is used. */
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import { createGraphDirectory, type GraphDirectory } from '../directory/graph-directory.js';
import { createIdentityCheck } from '../directory/identity-check.js';
import { systemDelay } from '../microsoft/deadline.js';
import type { IdentityCheck } from '../validators/identity-check.js';
import type { Settings } from './settings.js';
import { PRODUCT } from './version.js';

export interface ConnectedDirectory {
  readonly graph: GraphDirectory;
  /** Absent when the setting says so. */
  readonly identityCheck?: IdentityCheck;
}

export interface DirectoryParts {
  /** The identity that Intune's tenant knows. */
  readonly credential: TokenCredential;
  readonly httpClient: HttpClient;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly logger: Logger;
}

/** @returns undefined when the directory is not connected. @throws {SkepError} `ERR_CONFIG` */
export function connectDirectory(
  settings: Settings,
  { credential, httpClient, clock, random, logger }: DirectoryParts,
): ConnectedDirectory | undefined {
  if (settings.SKEP_DIRECTORY === 'off') return undefined;
  const graph = createGraphDirectory({
    credential,
    httpClient,
    clock,
    randomBytes: random,
    delay: systemDelay,
    logger,
    userAgent: PRODUCT,
    graphBaseUrl: settings.SKEP_GRAPH_URL,
    graphScope: settings.SKEP_GRAPH_SCOPE,
    rules: { compliance: settings.SKEP_DIRECTORY_COMPLIANCE === 'hold' },
    extraHosts: settings.SKEP_INTUNE_HOSTS ?? [],
  });
  return {
    graph,
    ...(settings.SKEP_IDENTITY_CHECK === 'off' ? {} : { identityCheck: createIdentityCheck(graph.lookups) }),
  };
}
