/** @module The HTTP side of the host: limits, routing, keys, the `/admin` door, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { HttpFunction } from './function-table.js';
import type { HostLog } from './host-log.js';
import { replyEmpty, replyWith } from './http-reply.js';
import { contentLength, hasUsableHost, readBody, requestLineBytes, toRpcRequest } from './http-request.js';
import type { Invoke } from './invoker.js';
import type { KeyGuard } from './keys.js';
import { parseQuery, parseTarget, type RequestTarget } from './request-target.js';
import type { Router } from './router.js';

/** Defaults are those of Azure's web server (Kestrel) unless said otherwise. */
export interface HttpLimits {
  /** Between the first byte of a request and the end of its head; then 408. Default 30 s. */
  readonly headersTimeoutMs: number;
  /** Between the first byte of a request and the end of its body; then 408. Default 120 s (ours). */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept. Default 130 s. */
  readonly keepAliveTimeoutMs: number;
  /** How long requests under way may go on after `close`. Default 10 s (ours). */
  readonly closeGraceMs: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 120_000,
  keepAliveTimeoutMs: 130_000,
  closeGraceMs: 10_000,
};

export interface HttpSide {
  readonly router: Router<HttpFunction>;
  readonly invoke: Invoke;
  readonly keys: KeyGuard;
  readonly bodyLimitBytes: number;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly limits: HttpLimits;
  readonly log: HostLog;
  /** Starts a timer function without waiting for it; false when there is none of that name. */
  startTimer(name: string): boolean;
}

export interface ListeningServer {
  readonly port: number;
  readonly url: string;
  /** Takes no more requests; resolves when those under way have been answered, at the latest after the grace. */
  close(): Promise<void>;
}

const MAX_REQUEST_LINE_BYTES = 8192;
/** Far above the limit for the request line, so that a long one gets our 414 and not the parser's 431. */
const MAX_HEAD_BYTES = 65_536;
const SLOW_CLIENT_CHECK_MS = 1000;

/** @param port 0 = any free one. */
export async function listen(side: HttpSide, address: string, port: number): Promise<ListeningServer> {
  const { limits } = side;
  const server = createServer({
    maxHeaderSize: MAX_HEAD_BYTES,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(SLOW_CLIENT_CHECK_MS, limits.headersTimeoutMs),
  });
  const customHeaders = Object.entries(side.customHeaders);
  let authority = '';
  let closing = false;

  // The server can only tell connections apart that have been used; these have not.
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });

  function handle(req: IncomingMessage, res: ServerResponse, beforeBody?: () => void): void {
    unused.delete(req.socket);
    for (const [name, value] of customHeaders) res.setHeader(name, value);
    answer(side, authority, req, res, beforeBody)
      .then(() => {
        // The server closed what was idle when the end came; this connection was not.
        if (closing) req.socket.destroySoon();
      })
      .catch((error: unknown) => {
        side.log({ level: 'warning', category: 'host', message: `Request given up: ${String(error)}` });
        res.destroy();
      });
  }
  server.on('request', (req, res) => {
    handle(req, res);
  });
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    handle(req, res, () => {
      res.writeContinue();
    });
  });

  await bind(server, address, port);
  const bound = (server.address() as AddressInfo).port;
  authority = `${address.includes(':') ? `[${address}]` : address}:${bound}`;
  return {
    port: bound,
    url: `http://${authority}`,
    close: async () => {
      closing = true;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of unused) socket.destroy();
      const deadline = setTimeout(() => {
        server.closeAllConnections();
      }, limits.closeGraceMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

async function answer(
  side: HttpSide,
  authority: string,
  req: IncomingMessage,
  res: ServerResponse,
  beforeBody?: () => void,
): Promise<void> {
  if (requestLineBytes(req) > MAX_REQUEST_LINE_BYTES) {
    res.setHeader('Connection', 'close');
    replyEmpty(res, 414);
    return;
  }
  const method = req.method ?? 'GET';
  const target = parseTarget(req.url ?? '');
  if (!target || !hasUsableHost(req)) {
    replyEmpty(res, 400);
    return;
  }

  const timerName = method === 'POST' ? adminTarget(target.path) : undefined;
  if (timerName !== undefined) {
    if (!side.keys.admits('admin', offeredKey(req, target))) replyEmpty(res, 401);
    else replyEmpty(res, side.startTimer(timerName) ? 202 : 404);
    return;
  }

  const match = side.router(method, target.path);
  if (!match) {
    replyEmpty(res, 404);
    return;
  }
  const { authLevel } = match.target;
  if (authLevel !== 'anonymous' && !side.keys.admits(authLevel, offeredKey(req, target))) {
    replyEmpty(res, 401);
    return;
  }

  const length = contentLength(req);
  if (length > side.bodyLimitBytes) {
    replyEmpty(res, 413);
    return;
  }
  beforeBody?.();
  const body = length > 0 ? await readBody(req) : undefined;
  const http = toRpcRequest(req, target, match.params, body, authority);
  const response = await side.invoke(match.target, { http }).catch(() => undefined);
  if (!response) {
    replyEmpty(res, 500);
    return;
  }
  try {
    replyWith(res, response);
  } catch (error) {
    const message = `Cannot send the answer: ${String(error)}`;
    side.log({ level: 'error', category: 'host', message, functionName: match.target.name });
    replyEmpty(res, 500);
  }
}

function adminTarget(path: string): string | undefined {
  return /^\/admin\/functions\/([^/]+)\/?$/i.exec(path)?.[1];
}

function offeredKey(req: IncomingMessage, { query }: RequestTarget): string | undefined {
  const header = req.headers['x-functions-key'];
  if (typeof header === 'string') return header;
  return Object.entries(parseQuery(query)).find(([name]) => name.toLowerCase() === 'code')?.[1].value;
}

function bind(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
