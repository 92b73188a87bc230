/** @module What a call that came to nothing is called: each client has codes of its own, and the rest is the same. */
import type { ErrorCode } from '../base/error-codes.js';
import { SkepError } from '../base/errors.js';
import { isJsonObject, memberOf, parseJsonObject } from './json.js';
import type { HttpReply } from './transport.js';

/** What a device is told when nobody said otherwise; Windows comes back by its own schedule anyway. */
const DEFAULT_RETRY_AFTER_SECONDS = 60;
const MAX_RETRY_AFTER_SECONDS = 3600;
const DETAIL_LIMIT = 500;

export interface FailureCodes {
  /** There was no answer, or none that is a verdict. */
  readonly unavailable: ErrorCode;
  /** Our identity was refused: HTTP 401 or 403. */
  readonly forbidden: ErrorCode;
}

export interface Failures {
  /** Of the `unavailable` code; its Retry-After lies between a minute and an hour. */
  readonly unavailable: (
    detail: string,
    options?: { readonly cause?: unknown; readonly retryAfterSeconds?: number },
  ) => SkepError;
  /**
   * The error of an answer that is no verdict.
   * @param who for the detail, e.g. `Intune validateRequest`.
   * @param note more for the detail, e.g. the roles of the token.
   */
  readonly ofReply: (reply: HttpReply, who: string, note?: string) => SkepError;
}

export function createFailures(codes: FailureCodes): Failures {
  const unavailable: Failures['unavailable'] = (detail, options = {}) => {
    const asked = options.retryAfterSeconds ?? 0;
    return new SkepError(codes.unavailable, {
      detail,
      cause: options.cause,
      retryAfterSeconds: Math.min(Math.max(asked, DEFAULT_RETRY_AFTER_SECONDS), MAX_RETRY_AFTER_SECONDS),
    });
  };
  return {
    unavailable,
    ofReply(reply, who, note = '') {
      const reason = reasonOf(reply.text);
      const detail = [`${who} answered HTTP ${reply.status}`, note, reason].filter(Boolean).join('; ');
      if (reply.status === 401 || reply.status === 403) {
        return new SkepError(codes.forbidden, { detail, retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
      }
      return unavailable(detail, { retryAfterSeconds: retryAfterSeconds(reply) ?? 0 });
    },
  };
}

/**
 * Retry-After in seconds. Its date form (RFC 9110 section 10.2.3) is read against the answer's own Date, so that
 * the two clocks need not agree.
 */
export function retryAfterSeconds(reply: HttpReply): number | undefined {
  const value = reply.headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const seconds = Math.ceil((Date.parse(value) - Date.parse(reply.headers.get('date') ?? '')) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/**
 * The few words in which a gateway says what is wrong: `errorDescription`, or `error.code` and `error.message`, the
 * latter being at times a JSON text with a `Message` of its own. Text of any other shape is not repeated.
 */
function reasonOf(text: string): string {
  const body = parseJsonObject(text);
  if (!body) return '';
  const error = memberOf(body, 'error');
  const parts = isJsonObject(error)
    ? [memberOf(error, 'code'), innerMessage(memberOf(error, 'message'))]
    : [error, memberOf(body, 'errorDescription')];
  return parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join(': ')
    .slice(0, DETAIL_LIMIT);
}

function innerMessage(message: unknown): unknown {
  const inner = typeof message === 'string' ? parseJsonObject(message) : undefined;
  return inner ? (memberOf(inner, 'Message') ?? message) : message;
}
