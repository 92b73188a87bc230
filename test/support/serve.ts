/** @module A small HTTP server around one handler, for clients that speak real sockets. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../lib/http/http.js';

/** Listens on loopback until the present test ends. @returns its address, without a slash at the end. */
export async function serve(handle: (request: HttpRequest) => Promise<HttpAnswer>): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = 'GET', url = '/', headers } = incoming;
      const request: HttpRequest = {
        method,
        url: `http://127.0.0.1${url}`,
        headers: new Headers(headers as Record<string, string>),
        arrayBuffer: () => Promise.resolve(new Uint8Array(Buffer.concat(chunks)).buffer),
      };
      handle(request)
        .then(({ status, headers: answered, body }) => {
          outgoing.writeHead(status, answered);
          outgoing.end(body);
        })
        .catch((thrown: unknown) => outgoing.destroy(thrown as Error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
