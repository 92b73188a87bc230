/** @module SCEP over HTTP (RFC 8894 section 4): one request, one body; nothing is interpreted beyond that. */
import { toBase64 } from '../../lib/base/bytes.js';
import { ScepClientError } from './errors.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type Operation = 'GetCACaps' | 'GetCACert' | 'GetNextCACert' | 'PKIOperation';

export interface TransportOptions {
  /** The server's URL without a query; what the operation adds is appended as it is. */
  readonly url: string;
  /** Default: the global fetch. */
  readonly fetch?: Fetch;
  /** Default `skep`. */
  readonly userAgent?: string;
  /** The `message` parameter of GetCACaps and GetCACert; `undefined` leaves it out. */
  readonly caIdentifier?: string;
  /** Default 30 000. */
  readonly timeoutMs?: number;
  /** Content-Type of a POST. Default `application/x-pki-message`; `null` sends none. */
  readonly contentType?: string | null;
}

export interface TransportAnswer {
  readonly status: number;
  /** Without parameters, lower case; empty if absent. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface Transport {
  /** The full URL of an operation. */
  urlOf(operation: Operation, message?: string): string;
  /** Any answer with a status, redirects too, is an answer. @throws {ScepClientError} `ERR_CLIENT_NETWORK` */
  get(operation: Operation, message?: string): Promise<TransportAnswer>;
  /** PKIOperation. @throws {ScepClientError} `ERR_CLIENT_NETWORK` */
  send(pkiMessage: Uint8Array, method: 'GET' | 'POST'): Promise<TransportAnswer>;
}

export function createTransport(options: TransportOptions): Transport {
  const { fetch = globalThis.fetch, userAgent = 'skep', timeoutMs = 30_000 } = options;
  const separator = options.url.includes('?') ? '&' : '?';

  const urlOf = (operation: Operation, message?: string): string =>
    `${options.url}${separator}operation=${operation}` +
    (message === undefined ? '' : `&message=${encodeURIComponent(message)}`);

  const exchange = async (
    url: string,
    init: { readonly method: string; readonly body?: Uint8Array<ArrayBuffer> },
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TransportAnswer> => {
    try {
      const response = await fetch(url, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'user-agent': userAgent, ...headers },
      });
      const [contentType = ''] = (response.headers.get('content-type') ?? '').split(';');
      return {
        status: response.status,
        contentType: contentType.trim().toLowerCase(),
        body: new Uint8Array(await response.arrayBuffer()),
      };
    } catch (cause) {
      throw new ScepClientError('ERR_CLIENT_NETWORK', networkFault(cause), { cause });
    }
  };

  return {
    urlOf,
    get: (operation, message = options.caIdentifier) =>
      exchange(urlOf(operation, message), { method: 'GET' }),
    send(pkiMessage, method) {
      if (method === 'GET') return exchange(urlOf('PKIOperation', toBase64(pkiMessage)), { method });
      const { contentType = 'application/x-pki-message' } = options;
      const headers = contentType === null ? {} : { 'content-type': contentType };
      return exchange(urlOf('PKIOperation'), { method, body: new Uint8Array(pkiMessage) }, headers);
    },
  };
}

interface Fault {
  readonly name?: string;
  readonly cause?: { readonly code?: unknown; readonly message?: unknown };
}

/** What Node's fetch knows: the cause's code, e.g. ECONNREFUSED or ENOTFOUND, or its words. */
function networkFault(thrown: unknown): string {
  const { cause, name } = thrown as Fault;
  if (typeof cause?.code === 'string') return cause.code;
  if (typeof cause?.message === 'string') return cause.message;
  // The name of fetch's own error says nothing to anybody; that of a time-out does.
  return name === undefined || name === 'TypeError' ? 'no connection' : name;
}

/** @throws {ScepClientError} `ERR_CLIENT_HTTP` unless the status is 200. */
export function assertOk(answer: TransportAnswer, what: string): TransportAnswer {
  if (answer.status !== 200) {
    throw new ScepClientError('ERR_CLIENT_HTTP', `${what}: HTTP ${answer.status}`, {
      httpStatus: answer.status,
    });
  }
  return answer;
}
