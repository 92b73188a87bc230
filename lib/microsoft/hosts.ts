/** @module Which hosts may be shown a token: addresses that come over the network are not trusted blindly. */

/** Where Microsoft Graph is, in every cloud. */
export const GRAPH_HOST_SUFFIXES: readonly string[] = [
  'graph.microsoft.com',
  'graph.microsoft.us',
  'dod-graph.microsoft.us',
  'microsoftgraph.chinacloudapi.cn',
];

/**
 * Whether a request with a token may go to `url`.
 * @param suffixes https on any host at or under these names.
 * @param extraHosts https or http on exactly these hosts, each `host` or `host:port`.
 */
export function isAllowedUrl(
  url: string,
  suffixes: readonly string[],
  extraHosts: readonly string[],
): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  if (extraHosts.some((extra) => extra.toLowerCase() === host || extra.toLowerCase() === hostname))
    return true;
  if (protocol !== 'https:') return false;
  return suffixes.some((suffix) => hostname === suffix || hostname.endsWith(`.${suffix}`));
}
