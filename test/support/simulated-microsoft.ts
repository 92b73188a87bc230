/** @module Every request of a command to the simulator of Entra and Graph, written down; https for those who insist on it. */
import type { Fetch } from '../../dev/scep-client/index.js';
import type { IntuneSimulator } from '../../dev/intune/server.js';

export interface SimulatedMicrosoft {
  readonly fetch: Fetch;
  /** An authority over https, which sign-in libraries demand. */
  readonly authority: string;
  /** `GET /v1.0/…` with the query decoded, in order, since the last call; a POST is followed by its JSON body. */
  take(): readonly string[];
}

/** @param onRequest sees each request before it leaves, e.g. to break off there. */
export function watchSimulator(
  simulator: IntuneSimulator,
  onRequest: (line: string) => void = () => undefined,
): SimulatedMicrosoft {
  const { host } = new URL(simulator.url);
  const authority = `https://${host}`;
  let lines: string[] = [];
  return {
    authority,
    async fetch(url, init) {
      const { pathname, search, protocol } = new URL(url);
      const body = typeof init.body === 'string' && init.body.startsWith('{') ? ` ${init.body}` : '';
      const line = `${init.method ?? 'GET'} ${pathname}${decodeURIComponent(search)}${body}`;
      lines.push(line);
      onRequest(line);
      const headers = new Headers(init.headers);
      if (protocol === 'https:') headers.set('x-forwarded-proto', 'https');
      return fetch(url.replace(authority, simulator.url), { ...init, headers });
    },
    take() {
      const taken = lines;
      lines = [];
      return taken;
    },
  };
}
