/** @module Stands between a client and a server and keeps what they said. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Exchange {
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly target: string;
  readonly status: number;
  readonly answer: Uint8Array;
}

export interface RecordingProxy {
  /** Without a slash at the end. */
  readonly url: string;
  /** What was said since the last call; forgets it. */
  take(): readonly Exchange[];
  close(): Promise<void>;
}

/** @param targetUrl origin of the server on loopback. */
export async function startRecordingProxy(targetUrl: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(targetUrl);
  let exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url: target = '/', headers } = incoming;
    const forwarded = request({ hostname, port, method, path: target, headers, agent: false }, (reply) => {
      const status = reply.statusCode ?? 0;
      buffer(reply)
        .then((answer) => {
          exchanges.push({ method, target, status, answer });
          outgoing.writeHead(status, reply.headers).end(answer);
        })
        .catch(() => outgoing.destroy());
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
