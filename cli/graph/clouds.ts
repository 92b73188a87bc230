/** @module Where Microsoft Graph is in each cloud, who signs in to it, and what else may be shown a token. */
import { isAllowedUrl, GRAPH_HOST_SUFFIXES } from '../../lib/microsoft/hosts.js';
import { usageError } from '../terminal.js';

export interface GraphPlace {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Of Graph's tokens there. */
  readonly resource: string;
  /** Absent: the simulator signs in by itself. */
  readonly authority?: string;
  /** Whether the authority is one that the sign-in library does not know. */
  readonly foreignAuthority: boolean;
}

export const PUBLIC_GRAPH = 'https://graph.microsoft.com';

const AUTHORITIES: Readonly<Record<string, string>> = {
  [PUBLIC_GRAPH]: 'https://login.microsoftonline.com',
  'https://graph.microsoft.us': 'https://login.microsoftonline.us',
  'https://dod-graph.microsoft.us': 'https://login.microsoftonline.us',
  'https://microsoftgraph.chinacloudapi.cn': 'https://login.partner.microsoftonline.cn',
};

/**
 * @param graphUrl as `--graph-url` says: one of Microsoft's, or a simulator on this machine.
 * @throws {CliError} with exit code 2
 */
export function findGraph(graphUrl = PUBLIC_GRAPH, authority?: string): GraphPlace {
  const url = URL.canParse(graphUrl) ? new URL(graphUrl) : undefined;
  const local = url !== undefined && isLoopback(url);
  if (!url || !(local || isAllowedUrl(graphUrl, GRAPH_HOST_SUFFIXES, [])))
    throw usageError(
      `--graph-url ${graphUrl} is not Microsoft Graph.`,
      `Give one of ${Object.keys(AUTHORITIES).join(', ')}, or a simulator on this machine.`,
    );
  if (authority !== undefined && !(URL.canParse(authority) && new URL(authority).protocol === 'https:'))
    throw usageError(
      `--authority ${authority} is no https address.`,
      'It looks like https://login.microsoftonline.us.',
    );
  if (local && authority !== undefined && isMicrosofts(authority))
    throw usageError(
      'A token of Microsoft’s is not shown to a simulator.',
      'Leave --authority out, or name Microsoft Graph with --graph-url.',
    );
  const signIn = authority ?? (local ? undefined : AUTHORITIES[url.origin]);
  if (signIn === undefined && !local)
    throw usageError(`Nobody is known who signs in to ${graphUrl}.`, 'Name the authority with --authority.');
  return {
    baseUrl: url.origin,
    resource: local ? PUBLIC_GRAPH : url.origin,
    ...(signIn === undefined ? {} : { authority: signIn }),
    foreignAuthority: signIn !== undefined && !isMicrosofts(signIn),
  };
}

const isMicrosofts = (authority: string): boolean =>
  Object.values(AUTHORITIES).includes(new URL(authority).origin);

const isLoopback = ({ hostname }: URL): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
