/** @module Runs a program to its end without blocking the tests beside it. */
import { execFile } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default 60 000. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** Exit code; -1 when the program did not start or was ended by a signal. */
  readonly status: number;
  readonly stdout: string;
  /** Everything it printed, standard output first. */
  readonly output: string;
}

export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 60_000 }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ status, stdout, output: `${stdout}${stderr}${status < 0 ? (error?.message ?? '') : ''}` });
    }).stdin?.end();
  });
}

/**
 * For steps that must go well.
 * @returns everything the program printed.
 * @throws {Error} with that, when it fails.
 */
export async function runSuccessfully(
  command: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  const { status, output } = await runCommand(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${output}`);
  return output;
}
