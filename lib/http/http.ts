/** @module What the handlers share: the request as they see it, and their answers, which say their length. */
import { ERRORS } from '../base/error-codes.js';
import { SkepError } from '../base/errors.js';
import { headersOf, statusOf } from './status-codes.js';

/** The part of a Web Request that handlers use; the request of @azure/functions has the same shape. */
export type HttpRequest = Pick<Request, 'method' | 'url' | 'arrayBuffer'> & {
  readonly headers: Pick<Headers, 'get'>;
};

/**
 * An answer before it is anybody's: the Functions runtime makes a Response of it, and one that is made to be taken apart
 * again costs as much as reading the whole request.
 */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly body: Uint8Array;
}

const NO_BODY = new Uint8Array();

/** An answer of headers alone: to HEAD, and 304. */
export function respondBodiless(status: number, headers: HttpAnswer['headers']): HttpAnswer {
  return { status, headers, body: NO_BODY };
}

/** Always with Content-Length: old SCEP and OCSP clients do not read chunks. */
export function respond(
  status: number,
  body: Uint8Array | string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  return {
    status,
    headers: {
      'content-type': contentType,
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: bytes,
  };
}

/** A short text for whoever looks at the wire; what happened stands in the log and the journal. */
export function respondText(
  status: number,
  text: string,
  headers?: Readonly<Record<string, string>>,
): HttpAnswer {
  return respond(status, `${text}\n`, 'text/plain; charset=utf-8', {
    'cache-control': 'no-store',
    ...headers,
  });
}

/**
 * Reads a body of at most `maxBytes`.
 * @throws {SkepError} `ERR_BODY_TOO_LARGE`, `ERR_BODY_MISSING`, `ERR_BODY_UNANNOUNCED`
 */
export async function readBody(request: HttpRequest, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxBytes) throw new SkepError('ERR_BODY_TOO_LARGE', { detail: `${announced} octets` });
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length > maxBytes) throw new SkepError('ERR_BODY_TOO_LARGE', { detail: `${body.length} octets` });
  if (body.length > 0) return body;
  // The Functions host hands over no body whose length was not announced; without this it looks like an empty one.
  throw new SkepError(request.headers.get('transfer-encoding') ? 'ERR_BODY_UNANNOUNCED' : 'ERR_BODY_MISSING');
}

/** The answer to a failure outside of any protocol message. Says the code, never the detail. */
export function respondError(error: SkepError): HttpAnswer {
  return respondText(statusOf(error.code), `${error.code}: ${ERRORS[error.code].means}`, headersOf(error));
}
