/** @module Reads requests: the head in the form a worker is given, the body as bytes. */
import type { IncomingMessage } from 'node:http';
import { parseQuery, type RequestTarget } from './request-target.js';
import { createMap, type NullableMap, type RpcHttpRequest } from './rpc.js';

const HOST = /^[\w.\-:[\]]+$/;

/** The bytes of the request line: method, target, version, two spaces and the line end. */
export function requestLineBytes(req: IncomingMessage): number {
  return (req.method ?? '').length + (req.url ?? '').length + ' '.length + ' HTTP/1.1\r\n'.length;
}

/** 0 when there is none: a chunked body counts as empty, as in Azure without HTTP streams. */
export function contentLength(req: IncomingMessage): number {
  return Number(req.headers['content-length'] ?? 0);
}

/** False for a Host header that could not stand in a URL. */
export function hasUsableHost(req: IncomingMessage): boolean {
  return req.headers.host === undefined || HOST.test(req.headers.host);
}

/** Resolves with the whole body; rejects when the client goes away before its end. */
export function readBody(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.once('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    });
    req.once('error', reject);
  });
}

/** @param authority stands in for a missing Host header (HTTP/1.0). */
export function toRpcRequest(
  req: IncomingMessage,
  target: RequestTarget,
  params: Readonly<Record<string, string>>,
  body: Buffer | undefined,
  authority: string,
): RpcHttpRequest {
  const nullableParams = createMap();
  for (const [name, value] of Object.entries(params)) nullableParams[name] = { value };
  return {
    method: req.method ?? 'GET',
    url: `http://${req.headers.host ?? authority}${target.raw}`,
    nullableHeaders: joinHeaders(req.rawHeaders),
    nullableQuery: parseQuery(target.query),
    nullableParams,
    ...(body && { body: { bytes: body } }),
  };
}

/** Names in lower case, repeats comma-joined, empty values kept. */
function joinHeaders(raw: readonly string[]): NullableMap {
  const headers = createMap();
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    const before = headers[name];
    headers[name] = { value: before ? `${before.value},${value}` : value };
  }
  return headers;
}
