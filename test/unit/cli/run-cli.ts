/** @module Runs the command line inside the test, and keeps what it prints. */
import pc from 'picocolors';
import { runCli } from '../../../cli/program.js';
import type { Fetch } from '../../../dev/scep-client/index.js';

export interface CliRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

const offline: Fetch = () => Promise.reject(new TypeError('fetch failed'));

export async function runSkep(
  args: readonly string[],
  {
    env = {},
    fetch = offline,
    confirm,
  }: {
    env?: Record<string, string>;
    fetch?: Fetch;
    /** Default: nobody sits there. */
    confirm?: (question: string) => Promise<boolean>;
  } = {},
): Promise<CliRun> {
  let out = '';
  let err = '';
  const exitCode = await runCli(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env,
    colors: pc.createColors(false),
    fetch,
    ...(confirm ? { confirm } : {}),
  });
  return { exitCode, out, err };
}
