/** @module Calls to the management functions, as whoever is signed in. */
import * as v from 'valibot';
import { ERRORS, type ErrorCode } from '../../lib/base/error-codes.js';
import { CliError, EXIT, type Terminal } from '../terminal.js';
import type { Access } from './access.js';

export interface ManagementClient {
  /** @param path below `manage/`. @returns the answer's JSON. @throws {CliError} */
  get(path: string): Promise<unknown>;
  post(path: string, body?: object): Promise<unknown>;
  /** The app's status page, HTML. @throws {CliError} */
  page(): Promise<string>;
}

const TIMEOUT_MS = 60_000;

const Refusal = v.object({ code: v.string(), message: v.string(), detail: v.optional(v.string()) });

export function createManagementClient({ url, token }: Access, { fetch }: Terminal): ManagementClient {
  async function send(method: string, address: string, body?: object): Promise<Response> {
    const init = {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      // The token must not follow to another address.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    } as const;
    return fetch(address, init).catch((cause: unknown) => {
      throw new CliError(EXIT.failed, 'ERR_UNREACHABLE', `${url} does not answer.`, 'Check the address.', {
        cause,
      });
    });
  }

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await send(method, `${url}/${path}`, body);
    const answer = parse(await response.text());
    if (response.ok && answer !== undefined) return answer;
    throw refusal(response.status, answer, url);
  }

  async function page(): Promise<string> {
    const root = url.replace(/manage$/, '');
    const response = await send('GET', root);
    const text = await response.text();
    if (response.ok) return text;
    throw refusal(response.status, parse(text), root);
  }

  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body), page };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, answer: unknown, url: string): CliError {
  const parsed = v.safeParse(Refusal, answer);
  if (!parsed.success) {
    return new CliError(
      EXIT.failed,
      'ERR_NOT_SKEP',
      `${url} answered HTTP ${status}, and not as the management functions do.`,
      'Check the address, and that SKEP_API_AUDIENCE is set on the app.',
    );
  }
  const { code, message, detail } = parsed.output;
  const next = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].remedy : 'Look at the app’s log.';
  return new CliError(EXIT.failed, code, detail ? `${message} (${detail})` : message, next);
}
