/** @module Requests and answers as the simulator's handlers see them. */

export interface SimulatorRequest {
  readonly method: string;
  /** As sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
  /** Scheme, host and port as the caller wrote them: what goes into URLs of the answer. */
  readonly origin: string;
}

export interface SimulatorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const json = (
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): SimulatorResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});

export const noContent: SimulatorResponse = { status: 204, headers: {}, body: '' };

/** An answer that ends a handler early; the error is the way out, not a fault. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly response: SimulatorResponse;
  constructor(response: SimulatorResponse) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

/** @returns undefined when the body is not JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
