/** @module The Azure SDK's HTTP client over the terminal's fetch, so that a command has one way out. */
import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import type { Fetch } from '../dev/scep-client/index.js';

/** Follows no redirect. Bodies are text, which is all that tokens and Graph take. */
export const createHttpClient = (fetch: Fetch): HttpClient => ({
  async sendRequest(request) {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers.toJSON(),
      redirect: 'manual',
      ...(request.abortSignal ? { signal: toWebSignal(request.abortSignal) } : {}),
      ...(typeof request.body === 'string' ? { body: request.body } : {}),
    }).catch((thrown: unknown) => {
      throw causeOf(thrown);
    });
    return {
      request,
      status: response.status,
      headers: createHttpHeaders(Object.fromEntries(response.headers)),
      bodyAsText: await response.text(),
    };
  },
});

/** The SDK declares a smaller signal than the Web's. */
function toWebSignal(signal: NonNullable<PipelineRequest['abortSignal']>): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  signal.addEventListener('abort', () => {
    controller.abort();
  });
  return controller.signal;
}

/** fetch wraps the system's error, whose code says whether a request went out at all. */
const causeOf = (thrown: unknown): unknown =>
  thrown instanceof TypeError && thrown.cause instanceof Error ? thrown.cause : thrown;
