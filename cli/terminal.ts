/** @module What a command may touch of the outside, and how it ends. */
import type pc from 'picocolors';
import type { Fetch } from '../dev/scep-client/index.js';

export type Colors = ReturnType<typeof pc.createColors>;

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without effect unless standard output is a terminal. */
  readonly colors: Colors;
  readonly fetch: Fetch;
  /** Asks a question that a yes or a no answers; absent where nobody sits who could answer. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Shows what is being done now, in one line that the next one replaces; absent where nobody watches. */
  readonly progress?: (text?: string) => void;
}

/**
 * `failed` and `usage`: the command could not do its part. From 3 on it did, and what it is about is not in order:
 * `incomplete`, the rest waits for somebody else, or for time; `broken` and `attention`, what `skep doctor` found.
 */
export const EXIT = { done: 0, failed: 1, usage: 2, incomplete: 3, broken: 3, attention: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for its user: what is wrong, and what to do next. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly next: string;
  /** For `--json`: what kind of failure it was. */
  readonly code: string;
  /** For `--json`: what was found or done all the same. */
  readonly result: Readonly<Record<string, unknown>>;

  constructor(
    exitCode: ExitCode,
    code: string,
    message: string,
    next: string,
    { result = {}, ...options }: ErrorOptions & { readonly result?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.code = code;
    this.next = next;
    this.result = result;
  }
}

/** Ends a command that has said all that it had to say. */
export class CommandEnd extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode) {
    super('the command has ended');
    this.name = 'CommandEnd';
    this.exitCode = exitCode;
  }
}

/** Ends a command that has done its part: the rest waits for somebody else, or for time. */
export class Unfinished extends CliError {
  /** @param result what was done. */
  constructor(code: string, message: string, next: string, result: Readonly<Record<string, unknown>>) {
    super(EXIT.incomplete, code, message, next, { result });
  }
}

export const usageError = (message: string, next: string): CliError =>
  new CliError(EXIT.usage, 'ERR_USAGE', message, next);

export const printJson = (terminal: Terminal, value: unknown): void => {
  terminal.out(`${JSON.stringify(value, undefined, 2)}\n`);
};
