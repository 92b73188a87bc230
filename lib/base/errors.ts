/** @module The one error class. */
import { ERRORS, type ErrorCode } from './error-codes.js';

export interface SkepErrorOptions {
  readonly cause?: unknown;
  /** For the log: ids, names and codes; never a challenge, a token, a CSR or a key. */
  readonly detail?: string;
  /** Seconds after which a retry makes sense; goes into Retry-After. */
  readonly retryAfterSeconds?: number;
}

/** Every failure that has a meaning. `message` is the code's sentence, then the detail. */
export class SkepError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: SkepErrorOptions = {}) {
    const means = ERRORS[code].means;
    super(options.detail ? `${means} (${options.detail})` : means, { cause: options.cause });
    this.name = 'SkepError';
    this.code = code;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Gives whatever was thrown a code: its own, or `ERR_INTERNAL`. */
export function toSkepError(thrown: unknown): SkepError {
  return thrown instanceof SkepError ? thrown : new SkepError('ERR_INTERNAL', { cause: thrown });
}
