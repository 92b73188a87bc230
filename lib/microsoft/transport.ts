/** @module One HTTP exchange: no retry, no redirect, no cookie. The SDK is loaded when the first is made, not before. */
import type { HttpClient } from '@azure/core-rest-pipeline';
import { once } from '../base/once.js';

const loadPipeline = () => import('@azure/core-rest-pipeline');

/** Keeps connections alive and follows no redirects. */
export function createHttpClient(): HttpClient {
  const client = once(async () => (await loadPipeline()).createDefaultHttpClient());
  return { sendRequest: async (request) => (await client()).sendRequest(request) };
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** All that the processing of an answer looks at. `Headers` of the Web fits too. */
export interface HttpReply {
  readonly status: number;
  readonly headers: { get(name: string): string | null | undefined };
  readonly text: string;
}

/**
 * Sends `request` as it is. Plain http is not refused here: `isAllowedUrl` has ruled on the URL before.
 * @throws whatever the client throws: the request got no complete answer.
 */
export async function sendOnce(
  client: HttpClient,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<HttpReply> {
  const { createHttpHeaders, createPipelineRequest } = await loadPipeline();
  const response = await client.sendRequest(
    createPipelineRequest({
      method: request.method,
      url: request.url,
      headers: createHttpHeaders(request.headers),
      ...(request.body === undefined ? {} : { body: request.body }),
      abortSignal: signal,
      allowInsecureConnection: request.url.startsWith('http:'),
    }),
  );
  return { status: response.status, headers: response.headers, text: response.bodyAsText ?? '' };
}
