/** @module What Azure Storage answers, in the codes of the port. */
import { SkepError } from '../base/errors.js';

/** An answer of the service other than success. */
export interface ServiceAnswer {
  readonly status: number;
  /** `UpdateConditionNotSatisfied`, `TableNotFound`, … */
  readonly code: string | undefined;
  /** The Retry-After header. */
  readonly retryAfter?: string | undefined;
}

const DEFAULT_RETRY_AFTER_SECONDS = 10;
const CONFLICTS: readonly number[] = [404, 409, 412];

/** A write that meets a row that is there, is gone, or has changed, is a conflict. */
export function toWriteError(answer: ServiceAnswer, what: string): SkepError {
  if (!CONFLICTS.includes(answer.status)) return toStoreError(answer, what);
  return new SkepError('ERR_STORE_CONFLICT', { detail: describe(answer, what) });
}

/** What a row cannot hold: 64 KiB in a property, 1 MiB altogether. */
const TOO_LARGE: readonly (string | undefined)[] = ['PropertyValueTooLarge', 'EntityTooLarge'];

/**
 * What has no room in a row came in as it is: other limits are an administrator's, this one is the service's. Another
 * request that the service cannot read is our own mistake; all else is an outage, or a role that is missing.
 */
export function toStoreError(answer: ServiceAnswer, what: string): SkepError {
  const { status, code, retryAfter } = answer;
  const detail = describe(answer, what);
  if (TOO_LARGE.includes(code)) return new SkepError('ERR_LIMIT', { detail });
  if (status === 400 || status === 413) return new SkepError('ERR_INTERNAL', { detail });
  const seconds = Number(retryAfter);
  return unavailable(detail, undefined, seconds > 0 ? seconds : undefined);
}

const describe = ({ status, code = 'no code' }: ServiceAnswer, what: string): string =>
  `${what}: ${status} ${code}`;

/** For what is thrown instead of an answer: no connection, a time-out, no token. */
export function toUnavailable(thrown: unknown, what: string): SkepError {
  if (thrown instanceof SkepError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return unavailable(`${what}: ${name}`, thrown);
}

function unavailable(
  detail: string,
  cause?: unknown,
  retryAfterSeconds = DEFAULT_RETRY_AFTER_SECONDS,
): SkepError {
  return new SkepError('ERR_STORE_UNAVAILABLE', { detail, cause, retryAfterSeconds });
}

/**
 * For a purge: whoever changed a row meanwhile knew better, and the next look tells what is left to do.
 * @returns whether it was written. Throws whatever else the write throws.
 */
export async function unlessConflict(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    if (thrown instanceof SkepError && thrown.code === 'ERR_STORE_CONFLICT') return false;
    throw thrown;
  }
}
