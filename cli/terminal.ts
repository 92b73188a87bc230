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
}

/** `incomplete`: nothing failed, but the rest waits for somebody else, or for time. */
export const EXIT = { done: 0, failed: 1, usage: 2, incomplete: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for its user: what is wrong, and what to do next. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly next: string;
  /** For `--json`: what kind of failure it was. */
  readonly code: string;

  constructor(exitCode: ExitCode, code: string, message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.code = code;
    this.next = next;
  }
}

/** Ends a command that has done its part: the rest waits for somebody else, or for time. */
export class Unfinished extends CliError {
  /** For `--json`: what was done. */
  readonly result: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, next: string, result: Readonly<Record<string, unknown>>) {
    super(EXIT.incomplete, code, message, next);
    this.result = result;
  }
}

export const usageError = (message: string, next: string): CliError =>
  new CliError(EXIT.usage, 'ERR_USAGE', message, next);

export const printJson = (terminal: Terminal, value: unknown): void => {
  terminal.out(`${JSON.stringify(value, undefined, 2)}\n`);
};
