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
  { env = {}, fetch = offline }: { env?: Record<string, string>; fetch?: Fetch } = {},
): Promise<CliRun> {
  let out = '';
  let err = '';
  const exitCode = await runCli(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env,
    colors: pc.createColors(false),
    fetch,
    progress: () => undefined,
  });
  return { exitCode, out, err };
}
