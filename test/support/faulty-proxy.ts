/** @module A proxy that misbehaves on demand, to stand between the store and Azurite. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/**
 * - `loseReply`: the request is carried out, and the connection cut before the answer.
 * - `hang`: nothing is carried out, nothing answered.
 * - `throttle`: 503 ServerBusy.
 */
export type Fault = 'loseReply' | 'hang' | 'throttle';

export interface FaultyProxy {
  readonly port: number;
  /** How many requests have come in. */
  readonly requests: number;
  /** The next `times` requests meet `fault`. */
  fail(fault: Fault, times?: number): void;
  close(): Promise<void>;
}

export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  let faults: Fault[] = [];
  let requests = 0;

  const server = createServer((incoming, outgoing) => {
    requests += 1;
    const fault = faults.shift();
    if (fault === 'hang') return;
    if (fault === 'throttle') {
      outgoing.writeHead(503, { 'content-type': 'application/json' });
      outgoing.end('{"odata.error":{"code":"ServerBusy","message":{"value":"busy"}}}');
      return;
    }
    forward(incoming, outgoing, targetPort, fault === 'loseReply');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests;
    },
    fail(fault, times = 1) {
      faults = Array.from({ length: times }, () => fault);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  loseReply: boolean,
): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    if (loseReply) {
      answer.resume().on('end', () => outgoing.socket?.destroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.socket?.destroy());
  incoming.pipe(onward);
}
