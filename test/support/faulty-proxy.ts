/**
 * @module A proxy that misbehaves on demand, to stand between the service and what it depends on. Faults strike the
 * next requests whatever they are, or, until further notice, those that are about one thing.
 */
import { hash } from 'node:crypto';
import { once } from 'node:events';
import {
  Agent as HttpAgent,
  createServer,
  request as requestHttp,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, createServer as createTlsServer, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * - `error`: 500, and nothing is carried out.
 * - `throttle`: the service's own word for "too often".
 * - `hang`: nothing is carried out, nothing answered.
 * - `hangAfter`: the request is carried out, and nothing answered.
 * - `loseReply`: the request is carried out, and the connection cut before the answer.
 * - `loseFirstReply`: the same, but who sends the very same request again gets its answer.
 */
export type Fault = 'error' | 'throttle' | 'hang' | 'hangAfter' | 'loseReply' | 'loseFirstReply';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

export interface PreparedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FaultyProxyOptions {
  /** Speaks TLS with this certificate and key (PEM); default plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** PEM to trust when the target speaks TLS. */
  readonly targetCertificate?: string;
  /** Puts the proxy's address in place of the target's in answers, for services that say where to go on. */
  readonly readdress?: boolean;
  /** What a request is about, for `aim`. Default: nothing. */
  readonly identify?: (request: SeenRequest) => string | undefined;
  /** Default 503 ServerBusy, as Azure Storage says it. */
  readonly throttleAnswer?: PreparedAnswer;
  /** Hears of every request that was carried out, whether or not its reply arrives. */
  readonly onCarriedOut?: (request: SeenRequest, status: number) => void;
  /** Hears whenever anything comes or goes. */
  readonly onActivity?: () => void;
}

export interface FaultyProxy {
  readonly port: number;
  /** Without a slash at its end. */
  readonly url: string;
  /** How many requests have come in. */
  readonly requests: number;
  /** Requests that hang now, their callers still waiting. */
  readonly hanging: number;
  /** Requests that met a fault. */
  readonly struck: number;
  /** The next `times` requests meet `fault`. */
  fail(fault: Fault, times?: number): void;
  /** From now on every request about `subject` meets `fault`; without arguments none does. */
  aim(subject?: string, fault?: Fault): void;
  close(): Promise<void>;
}

const BUSY: PreparedAnswer = {
  status: 503,
  body: '{"odata.error":{"code":"ServerBusy","message":{"value":"busy"}}}',
};
const BROKEN: PreparedAnswer = {
  status: 500,
  body: '{"odata.error":{"code":"InternalError","message":{"value":"broken"}}}',
};

/** @param target a URL, or a port of this machine that speaks plain HTTP. */
export async function startFaultyProxy(
  target: number | string,
  options: FaultyProxyOptions = {},
): Promise<FaultyProxy> {
  const { tls, throttleAnswer = BUSY, identify = () => undefined } = options;
  const targetUrl = new URL(typeof target === 'number' ? `http://127.0.0.1:${target}` : target);
  const forward = createForwarder(targetUrl, options.targetCertificate);
  const active = () => options.onActivity?.();
  let queued: Fault[] = [];
  let aimed: { readonly subject: string; readonly fault: Fault } | undefined;
  let requests = 0;
  let struck = 0;
  let hanging = 0;
  const lost = new Set<string>();

  function chooseFault(seen: SeenRequest): Fault | undefined {
    const fault = queued.shift() ?? (aimed && identify(seen) === aimed.subject ? aimed.fault : undefined);
    if (fault !== 'loseFirstReply') return fault;
    const { size } = lost;
    lost.add(hash('sha256', Buffer.concat([Buffer.from(`${seen.method} ${seen.path}\n`), seen.body])));
    return lost.size > size ? fault : undefined;
  }

  function readdress(answer: TargetAnswer): TargetAnswer {
    if (!options.readdress) return answer;
    const body = Buffer.from(answer.body.toString('utf8').replaceAll(targetUrl.origin, url));
    const { 'transfer-encoding': _chunked, ...headers } = answer.headers;
    return { ...answer, body, headers: { ...headers, 'content-length': String(body.length) } };
  }

  function leaveHanging(incoming: IncomingMessage): void {
    hanging += 1;
    incoming.socket.once('close', () => {
      hanging -= 1;
      active();
    });
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const seen = await readRequest(incoming);
    requests += 1;
    active();
    const fault = chooseFault(seen);
    if (fault) struck += 1;
    if (fault === 'hang') leaveHanging(incoming);
    else if (fault === 'error') answer(outgoing, BROKEN);
    else if (fault === 'throttle') answer(outgoing, throttleAnswer);
    else {
      const { status, headers, body } = readdress(await forward(incoming, seen));
      options.onCarriedOut?.(seen, status);
      if (fault === 'hangAfter') leaveHanging(incoming);
      else if (fault === 'loseReply' || fault === 'loseFirstReply') incoming.socket.destroy();
      else outgoing.writeHead(status, headers).end(body);
    }
    active();
  }

  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  };
  const server = tls
    ? createTlsServer({ cert: tls.certificate, key: tls.key }, listener)
    : createServer(listener);
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;

  return {
    port,
    url,
    get requests() {
      return requests;
    },
    get hanging() {
      return hanging;
    },
    get struck() {
      return struck;
    },
    fail(fault, times = 1) {
      queued = Array.from({ length: times }, () => fault);
    },
    aim(subject, fault) {
      aimed = subject !== undefined && fault ? { subject, fault } : undefined;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return { method: incoming.method ?? 'GET', path: incoming.url ?? '/', body: Buffer.concat(chunks) };
}

function answer(outgoing: ServerResponse, { status, headers, body }: PreparedAnswer): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

interface TargetAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function createForwarder(target: URL, certificate: string | undefined) {
  const secure = target.protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, ...(certificate === undefined ? {} : { ca: certificate }) })
    : new HttpAgent({ keepAlive: true });
  const send = secure ? requestHttps : requestHttp;

  return ({ headers }: IncomingMessage, { method, path, body }: SeenRequest): Promise<TargetAnswer> =>
    new Promise((resolve, reject) => {
      const { hostname: host, port } = target;
      const onward = send({ host, port, method, path, headers, agent }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          resolve({ status: reply.statusCode ?? 502, headers: reply.headers, body: Buffer.concat(chunks) });
        });
      });
      onward.on('error', reject);
      onward.end(body);
    });
}
