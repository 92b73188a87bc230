/** @module The client through the product's own HTTP client, over loopback: what stubs cannot show. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../lib/base/clock.js';
import { silentLogger } from '../../../lib/base/log.js';
import { systemRandom } from '../../../lib/base/random.js';
import { createIntuneClient } from '../../../lib/intune/client.js';
import { systemDelay } from '../../../lib/microsoft/deadline.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = 'reset' | { status: number; body: string; headers?: Record<string, string> };

async function serve(answer: (request: IncomingMessage) => Answer) {
  const server = createServer((request, response) => {
    const given = answer(request);
    request.resume();
    if (given === 'reset') request.socket.destroy();
    else response.writeHead(given.status, given.headers).end(given.body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createIntuneClient({
    credential: {
      getToken: () => Promise.resolve({ token: 'a.b.c', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    },
    httpClient: createDefaultHttpClient(),
    clock: systemClock,
    randomBytes: systemRandom,
    delay: (ms, signal) => systemDelay(ms < 5_000 ? 0 : ms, signal),
    logger: silentLogger,
    callerInfo: 'Skep/0.1.0',
    cloud: { graphBaseUrl: `http://${host}/` },
    extraHosts: [host],
  });
  const list = JSON.stringify({
    value: [{ providerName: 'ScepRequestValidationFEService', uri: `http://${host}/scep/` }],
  });
  return { client, list };
}

const transaction = { transactionId: 'tx', csr: Uint8Array.of(0x30, 0x00) };

it('survives a reset, sends both user agents and keeps the connection', async () => {
  const sockets = new Set<unknown>();
  let resets = 1;
  let seen: IncomingMessage | undefined;
  const { client, list } = await serve((request) => {
    if (request.method === 'GET') return { status: 200, body: list };
    if (resets-- > 0) return 'reset';
    sockets.add(request.socket);
    seen = request;
    return { status: 200, body: '{"code":"Success","errorDescription":""}' };
  });
  expect(await client.validateRequest(transaction)).toMatchObject({ granted: true });
  expect(await client.validateRequest(transaction)).toMatchObject({ granted: true });
  expect(sockets.size).toBe(1);
  expect(seen?.url).toBe('/scep/ScepActions/validateRequest');
  expect(seen?.headers).toMatchObject({ 'user-agent': 'Skep/0.1.0', useragent: 'Skep/0.1.0' });
});

it('does not follow a redirect with its token', async () => {
  let strayed = false;
  const { client, list } = await serve((request) => {
    if (request.method === 'GET') return { status: 200, body: list };
    if (request.url === '/elsewhere') {
      strayed = true;
      return { status: 200, body: '{"code":"Success"}' };
    }
    return { status: 307, body: '', headers: { location: '/elsewhere' } };
  });
  await expect(client.validateRequest(transaction)).rejects.toMatchObject({
    code: 'ERR_VALIDATOR_UNAVAILABLE',
  });
  expect(strayed).toBe(false);
});
