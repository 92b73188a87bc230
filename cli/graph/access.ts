/** @module Which Graph a command talks to, and as whom: the options for it, and the client they make. */
import type { Command } from 'commander';
import { systemClock } from '../../lib/base/clock.js';
import { systemRandom } from '../../lib/base/random.js';
import { systemDelay } from '../../lib/microsoft/deadline.js';
import { createHttpClient } from '../http-client.js';
import { localSimulator } from '../ready-file.js';
import type { Terminal } from '../terminal.js';
import { createGraphClient, type GraphClient } from './client.js';
import { findGraph } from './clouds.js';
import { createSignIn } from './sign-in.js';

export interface RawGraphOptions {
  readonly tenant?: string;
  readonly graphUrl?: string;
  readonly authority?: string;
}

/** The options that every command has that speaks to Microsoft Graph. */
export function addGraphOptions(command: Command): Command {
  return command
    .option('--tenant <id>', 'tenant of Intune, id or domain; default: that of whoever signs in')
    .option('--graph-url <url>', 'Microsoft Graph of a national cloud, or a simulator on this machine')
    .option('--authority <url>', 'who signs in to it, where that is not plain from --graph-url');
}

export interface GraphWishes {
  /** Whether the simulator of the local cloud is meant where no --graph-url says otherwise. */
  readonly local: boolean;
  /** Delegated permissions that the command needs, and no more. */
  readonly permissions: readonly string[];
  readonly version?: 'v1.0' | 'beta';
  /** For what takes long: waiting for Graph, another sign-in. */
  readonly note: (text: string) => void;
}

/**
 * Reaches nothing yet; the first call signs in.
 * @throws {CliError} for options that do not fit, or when no local cloud runs.
 */
export function openGraph(raw: RawGraphOptions, wishes: GraphWishes, terminal: Terminal): GraphClient {
  const { local, permissions, version, note } = wishes;
  const graphUrl = raw.graphUrl ?? (local ? localSimulator(terminal) : undefined);
  const place = findGraph(graphUrl, raw.authority);
  const tenant = raw.tenant === undefined ? {} : { tenant: raw.tenant };
  return createGraphClient({
    baseUrl: place.baseUrl,
    scope: `${place.resource}/.default`,
    credential: createSignIn({ place, permissions, note, ...tenant }, terminal),
    httpClient: createHttpClient(terminal.fetch),
    clock: systemClock,
    randomBytes: systemRandom,
    delay: systemDelay,
    note,
    ...(version === undefined ? {} : { version }),
  });
}
