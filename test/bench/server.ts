/**
 * @module The server that `npm run bench` loads: the handlers of lib/http behind node:http, in a process of its own.
 * It exists for the benchmark alone; what deploys runs in the Functions host.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock.js';
import { silentLogger } from '../../lib/base/log.js';
import { systemRandom } from '../../lib/base/random.js';
import { respond, type HttpAnswer, type HttpRequest } from '../../lib/http/http.js';
import { createOcspHandler } from '../../lib/http/ocsp.js';
import { createOcspResponder } from '../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../lib/revocation/responder-key.js';
import { createBenchAuthority } from './authority.js';
import { createBenchService } from './service.js';

/** What the server says of itself, one line on stdout, when it listens. */
export interface ServerReady {
  readonly url: string;
}

/**
 * Serves until the process is ended: `/static`, `/ocsp`, and `/reset`, which empties the store.
 * @param folder gets `ca.pem` and `ca.key.pem`, for another OCSP responder to speak for the same CA.
 */
export async function serve(folder: string): Promise<void> {
  const { authority, caKey, caPem } = await createBenchAuthority();
  writeFileSync(join(folder, 'ca.pem'), caPem);
  const key = caKey.export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(join(folder, 'ca.key.pem'), key, { mode: 0o600 });

  const clock = systemClock;
  const { handle, store } = createBenchService(authority);
  const responderKeys = createResponderKeys({ clock, random: systemRandom, logger: silentLogger });
  const responder = createOcspResponder({
    authority: () => Promise.resolve(authority),
    certificates: store,
    responderKeys,
    clock,
    logger: silentLogger,
  });
  const ocsp = createOcspHandler(responder, clock);

  const answer = (path: string, request: HttpRequest): Promise<HttpAnswer> => {
    if (path === '/ocsp') return ocsp(request);
    if (path === '/reset') {
      store.clear();
      return Promise.resolve(respond(200, `${process.memoryUsage.rss()}`, 'text/plain'));
    }
    return handle('static', '', request);
  };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => void exchange(answer, incoming, Buffer.concat(chunks), outgoing));
  });
  server.listen(0, '127.0.0.1', () => {
    const ready: ServerReady = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    console.log(JSON.stringify(ready));
  });
}

async function exchange(
  answer: (path: string, request: HttpRequest) => Promise<HttpAnswer>,
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const {
    status,
    headers: answered,
    body: content,
  } = await answer(url.split('?', 1)[0] ?? url, {
    method,
    url: `http://127.0.0.1${url}`,
    headers: { get: (name) => headers[name]?.toString() ?? null },
    arrayBuffer: () => Promise.resolve(new Uint8Array(body).buffer),
  });
  outgoing.writeHead(status, answered);
  outgoing.end(content);
}
