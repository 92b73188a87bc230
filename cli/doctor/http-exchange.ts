/** @module One HTTP exchange over a connection that is there already. */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../lib/base/clock.js';
import { WireError, type WireAnswer, type WireRequest } from './wire.js';

/** A CRL of a large fleet has some megabytes. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export function exchange(
  { method = 'GET', headers = {}, body }: WireRequest,
  url: URL,
  socket: Duplex,
  clock: Clock,
  timeoutMs: number,
): Promise<Omit<WireAnswer, 'renegotiated'>> {
  return new Promise((resolve, reject) => {
    const outgoing = requestHttp({
      method,
      // The query exactly as it stands: `+` is data in base64.
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        ...headers,
        connection: 'close',
        ...(body ? { 'content-length': String(body.length) } : {}),
      },
      createConnection: () => socket,
      signal: AbortSignal.timeout(timeoutMs),
    });
    let sentAt = clock.now().getTime();
    outgoing.once('finish', () => (sentAt = clock.now().getTime()));
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const at = new Date((sentAt + clock.now().getTime()) / 2);
      collect(incoming).then((bytes) => {
        resolve({ status: incoming.statusCode ?? 0, headers: flatten(incoming), body: bytes, at });
      }, reject);
    });
    outgoing.end(body);
  });
}

async function collect(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new WireError('BODY_TOO_LARGE');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

const flatten = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
