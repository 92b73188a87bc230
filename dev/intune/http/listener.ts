/** @module node:http on one side, a handler of plain values on the other. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { BODY_LIMIT_BYTES } from '../constants.js';
import { json, Problem, type SimulatorRequest, type SimulatorResponse } from './messages.js';

/** `reset` cuts the connection without an answer. */
export type Handler = (request: SimulatorRequest) => Promise<SimulatorResponse | 'reset'>;

export function createListener(handle: Handler, onFault: (cause: unknown) => void): Server {
  const server = createServer((incoming, outgoing) => {
    const answer = async () => {
      const result = await handle(await readRequest(incoming));
      if (result === 'reset') {
        incoming.socket.resetAndDestroy();
        return;
      }
      outgoing.writeHead(result.status, result.headers);
      outgoing.end(result.body);
    };
    answer().catch((cause: unknown) => {
      const known = cause instanceof Problem;
      if (!known) onFault(cause);
      const { status, headers, body } = known ? cause.response : json({ error: 'simulator fault' }, 500);
      if (!outgoing.headersSent) outgoing.writeHead(status, headers);
      outgoing.end(body);
    });
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

async function readRequest(incoming: IncomingMessage): Promise<SimulatorRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT_BYTES)
      throw new Problem(json({ error: 'the body is too large' }, 413, { connection: 'close' }));
    chunks.push(chunk);
  }
  const header = (name: string) => {
    const value = incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  // A TLS terminator in front of the simulator names the scheme that its callers use.
  const scheme = header('x-forwarded-proto') === 'https' ? 'https' : 'http';
  const origin = `${scheme}://${header('host') ?? 'localhost'}`;
  const url = new URL(incoming.url ?? '/', origin);
  return {
    method: incoming.method ?? 'GET',
    // Graph's parenthesised keys come with the quote encoded or not.
    path: url.pathname.replaceAll('%27', "'"),
    query: url.searchParams,
    header,
    body: Buffer.concat(chunks),
    origin,
  };
}
