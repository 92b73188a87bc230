/** @module Where the lines of the issuance log and its published head come from: the app, or saved files. */
import * as v from 'valibot';
import type { LedgerHead } from '../../lib/ledger/ledger.js';
import { readFile } from '../files.js';
import type { Access } from '../management/access.js';
import { readAnswer } from '../management/answers.js';
import type { ManagementClient } from '../management/client.js';
import { CliError, EXIT, usageError, type Terminal } from '../terminal.js';

const Head = v.object({
  count: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  hash: v.pipe(v.string(), v.regex(/^[0-9A-F]{64}$/)),
  at: v.optional(v.string()),
});
const Lines = v.object({ lines: v.array(v.string()) });

export type PublishedHead = LedgerHead & { readonly at?: string | undefined };

const PAGE = 1000;
const TIMEOUT_MS = 30_000;

/** What the app gives to everybody, without a token. @throws {CliError} */
export async function fetchPublic(
  { url }: Pick<Access, 'url'>,
  path: string,
  { fetch }: Terminal,
): Promise<Uint8Array> {
  const address = `${url.replace(/\/manage$/, '')}/${path}`;
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const next = 'Check the address, and the health of the app.';
    throw new CliError(EXIT.failed, 'ERR_UNREACHABLE', `${address} does not answer.`, next, { cause });
  }
}

/** @throws {CliError} */
export async function fetchHead(access: Pick<Access, 'url'>, terminal: Terminal): Promise<PublishedHead> {
  const answer = Buffer.from(await fetchPublic(access, 'log/head', terminal)).toString();
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Head), answer);
  if (parsed.success) return parsed.output;
  const next = 'Use the `skep` of the version that the app runs.';
  throw new CliError(EXIT.failed, 'ERR_ANSWER', 'The app gave no head of an issuance log.', next);
}

/** A head that was saved before. @throws {CliError} with exit code 2 */
export function readHead(file: string, option: string): PublishedHead {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Head), readFile(file, option).toString());
  if (parsed.success) return parsed.output;
  throw usageError(`${option}: ${file} holds no head of an issuance log.`, 'Save one with --save-head.');
}

/** Lines that were saved before, one each. @throws {CliError} with exit code 2 */
export function readLines(file: string, option: string): readonly string[] {
  return readFile(file, option).toString().split('\n').slice(0, -1);
}

/** The lines from `from` to `until`, both included. @throws {CliError} */
export async function* downloadLines(
  client: ManagementClient,
  from: number,
  until: number,
): AsyncGenerator<readonly string[]> {
  for (let next = from; next <= until; next += PAGE) {
    const limit = Math.min(PAGE, until - next + 1);
    yield readAnswer(Lines, await client.post('log/read', { from: next, limit })).lines;
  }
}
