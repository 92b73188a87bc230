/** @module Reading answers of Graph and Intune tolerantly, and naming what is wrong with them. */
import { SkepError } from '../base/errors.js';
import type { HttpReply } from './transport.js';

/** What a device is told when nobody said otherwise; Windows comes back by its own schedule anyway. */
export const DEFAULT_RETRY_AFTER_SECONDS = 60;
const MAX_RETRY_AFTER_SECONDS = 3600;
const DETAIL_LIMIT = 500;

export type JsonObject = Readonly<Record<string, unknown>>;

/** `text` as a JSON object, or `undefined`. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of this name; if there is none, one whose name differs only in case. */
export function memberOf(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  return Object.entries(object).find(([own]) => own.toLowerCase() === lower)?.[1];
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
 * The error of an answer that is no verdict.
 * @param who for the detail, e.g. `Intune validateRequest`.
 * @param note more for the detail, e.g. the roles of the token.
 */
export function replyFailure(reply: HttpReply, who: string, note = ''): SkepError {
  const reason = reasonOf(reply.text);
  const detail = [`${who} answered HTTP ${reply.status}`, note, reason].filter(Boolean).join('; ');
  if (reply.status === 401 || reply.status === 403) {
    return new SkepError('ERR_INTUNE_FORBIDDEN', { detail, retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
  }
  const asked = retryAfterSeconds(reply) ?? 0;
  return unavailable(detail, { retryAfterSeconds: asked });
}

/** An `ERR_VALIDATOR_UNAVAILABLE` whose Retry-After lies between a minute and an hour. */
export function unavailable(
  detail: string,
  options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
): SkepError {
  const asked = options.retryAfterSeconds ?? 0;
  return new SkepError('ERR_VALIDATOR_UNAVAILABLE', {
    detail,
    cause: options.cause,
    retryAfterSeconds: Math.min(Math.max(asked, DEFAULT_RETRY_AFTER_SECONDS), MAX_RETRY_AFTER_SECONDS),
  });
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
