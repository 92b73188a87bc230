/** What stands before an app in real life, with one thing wrong at a time: plain HTTP for relying parties, TLS for devices. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { makeTlsIdentity, type TlsIdentity } from '../../../dev/vault/tls.js';

export interface FrontRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly socket: IncomingMessage['socket'];
}

export interface FrontAnswer {
  readonly status: number;
  /** Without a Content-Length, the body goes out in chunks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers in place of the app, or alters what the app answers. */
export type Fault = (
  request: FrontRequest,
  next: () => Promise<FrontAnswer>,
) => Promise<FrontAnswer> | FrontAnswer;

export interface Front {
  /** Plain HTTP. */
  readonly url: string;
  /** The certificate of its TLS, PEM. */
  readonly identity: TlsIdentity;
  /** The app behind it, without a slash at the end. */
  app: string;
  fault: Fault | undefined;
  /** Listens with TLS as well. @returns its address, without a slash at the end. */
  listenTls(options?: ServerOptions): Promise<string>;
  close(): Promise<void>;
}

export async function startFront(): Promise<Front> {
  const servers: Server[] = [];
  const listener: RequestListener = (incoming, outgoing) => {
    answer(front, incoming).then(
      ({ status, headers, body }) => {
        outgoing.writeHead(status, headers);
        outgoing.write(body);
        outgoing.end();
      },
      () => outgoing.destroy(),
    );
  };
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };
  const identity = await makeTlsIdentity();
  const front: Front = {
    url: `http://127.0.0.1:${await listen(createServer(listener))}`,
    identity,
    app: '',
    fault: undefined,
    async listenTls(options = {}) {
      const { certificate: cert, key } = identity;
      return `https://127.0.0.1:${await listen(createTlsServer({ cert, key, ...options }, listener))}`;
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await once(server.close(), 'close');
      }
    },
  };
  return front;
}

async function answer({ app, fault }: Front, incoming: IncomingMessage): Promise<FrontAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = 'GET', url: target = '/', headers, socket } = incoming;
  const request: FrontRequest = { method, target, headers, body: Buffer.concat(chunks), socket };
  const next = () => forward(app, request);
  return fault ? fault(request, next) : next();
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length']);

async function forward(app: string, { method, target, headers, body }: FrontRequest): Promise<FrontAnswer> {
  const passed = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name));
  const response = await fetch(`${app}${target}`, {
    method,
    headers: Object.fromEntries(passed) as Record<string, string>,
    redirect: 'manual',
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const kept = [...response.headers].filter(([name]) => !HOP_BY_HOP.has(name));
  return {
    status: response.status,
    headers: { ...Object.fromEntries(kept), 'content-length': String(bytes.length) },
    body: bytes,
  };
}

/** An answer with another body. */
export const withBody = (answer: FrontAnswer, body: Uint8Array): FrontAnswer => ({
  ...answer,
  headers: { ...answer.headers, 'content-length': String(body.length) },
  body,
});

/** Asks for a client certificate in a second handshake, as IIS does. */
export const renegotiate = (socket: FrontRequest['socket']): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!(socket instanceof TLSSocket)) throw new Error('not over TLS');
    socket.renegotiate({ requestCert: true, rejectUnauthorized: false }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
