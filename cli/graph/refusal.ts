/** @module What Microsoft Graph would not do, with its status, so that a command can do something else instead. */
import { createFailures, type Failures } from '../../lib/microsoft/failures.js';
import { SkepError } from '../../lib/base/errors.js';
import type { HttpReply } from '../../lib/microsoft/transport.js';
import { CliError, EXIT } from '../terminal.js';

export class GraphRefusal extends CliError {
  readonly status: number;

  constructor(status: number, message: string, next: string) {
    super(EXIT.failed, status === 403 ? 'ERR_GRAPH_FORBIDDEN' : 'ERR_GRAPH_REFUSED', message, next);
    this.status = status;
  }
}

/** Whether Graph knows us and says no: somebody else may be allowed. */
export const isForbidden = (thrown: unknown): boolean =>
  thrown instanceof GraphRefusal && thrown.status === 403;

const FAILURES = createFailures({
  unavailable: 'ERR_DIRECTORY_UNAVAILABLE',
  forbidden: 'ERR_DIRECTORY_FORBIDDEN',
});

/** The words of lib/microsoft; the command's own error travels as the cause. */
export const GRAPH_FAILURES: Failures = {
  unavailable: FAILURES.unavailable,
  ofReply(reply, who, note) {
    const { code, detail = '' } = FAILURES.ofReply(reply, who, note);
    const transient = code === 'ERR_DIRECTORY_UNAVAILABLE' && reply.status >= 429;
    return new SkepError(code, {
      detail,
      cause: transient
        ? unanswered(detail)
        : new GraphRefusal(reply.status, sentence(detail), adviceOn(reply)),
    });
  },
};

const sentence = (text: string): string => `${text.replace(/\.+$/, '')}.`;

const ADVICE: Readonly<Record<number, string>> = {
  400: 'Report it with the command that you ran.',
  401: 'Sign in again (`az login`), and check --tenant, --graph-url and --authority.',
  403: 'Sign in as somebody whose role in Entra allows this, or let them run the command.',
  404: 'Check the id, and that --tenant is the tenant that you mean.',
};

const adviceOn = ({ status }: HttpReply): string => ADVICE[status] ?? 'Try again in a few minutes.';

export const unanswered = (detail: string, cause?: unknown): CliError =>
  new CliError(
    EXIT.failed,
    'ERR_GRAPH_UNAVAILABLE',
    sentence(`Microsoft Graph gave no answer: ${detail}`),
    'Run the command again; it looks first at what is there already.',
    { cause },
  );

/** What the command ends with, whatever the machinery of lib/microsoft threw. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  if (!(thrown instanceof SkepError)) return unanswered('no words for it', thrown);
  return thrown.cause instanceof CliError
    ? thrown.cause
    : unanswered(thrown.detail ?? thrown.message, thrown);
}
