/** @module When a call is worth another attempt. Pure: what happened and what was spent → what to do next. */

/**
 * - `reply`: an HTTP answer, whatever its status.
 * - `unreachable`: no connection (name, route, refusal). The service may have moved.
 * - `interrupted`: the connection broke, or time ran out. The service may have seen the request.
 */
export type Outcome =
  { readonly kind: 'reply'; readonly status: number } | { readonly kind: 'unreachable' | 'interrupted' };

export interface Spent {
  readonly renewals: number;
  readonly relocations: number;
  readonly retries: number;
}

export type NextStep = 'answer' | 'renew-token' | 'relocate' | 'retry' | 'give-up';

/** Before each retry, about so long. The list's length is the number of retries. */
export const BACK_OFF_MS: readonly number[] = [500, 2000];

const TRANSIENT_STATUSES: readonly number[] = [408, 429, 500, 502, 503, 504];

const UNREACHABLE_CODES: readonly string[] = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** Statuses by which a service says that it did not begin. */
const TURNED_AWAY_STATUSES: readonly number[] = [429, 503];

/**
 * @param movable whether the address came from discovery, so that asking again may yield another.
 * @param repeatable whether a request that was perhaps carried out may be sent again.
 */
export function nextStep(outcome: Outcome, spent: Spent, movable: boolean, repeatable = true): NextStep {
  const moved = outcome.kind === 'unreachable' || (outcome.kind === 'reply' && outcome.status === 404);
  if (movable && moved) return spent.relocations === 0 ? 'relocate' : 'give-up';
  if (outcome.kind !== 'reply' || TRANSIENT_STATUSES.includes(outcome.status)) {
    const mayRepeat = repeatable || wasNotBegun(outcome);
    return mayRepeat && spent.retries < BACK_OFF_MS.length ? 'retry' : 'give-up';
  }
  if (outcome.status === 401) return spent.renewals === 0 ? 'renew-token' : 'give-up';
  return outcome.status === 403 ? 'give-up' : 'answer';
}

function wasNotBegun(outcome: Outcome): boolean {
  return outcome.kind === 'reply'
    ? TURNED_AWAY_STATUSES.includes(outcome.status)
    : outcome.kind === 'unreachable';
}

/** What kind of failure the HTTP client threw. */
export function classifyFailure(thrown: unknown): Exclude<Outcome['kind'], 'reply'> {
  const code = failureCode(thrown);
  return code !== undefined && UNREACHABLE_CODES.includes(code) ? 'unreachable' : 'interrupted';
}

/** The system's or the client's word for it, e.g. `ECONNRESET`. */
export function failureCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Back-off before retry number `retry` (0 first), a quarter up or down. @param chance 0 to 255, evenly spread. */
export function backOffMs(retry: number, chance: number): number {
  return Math.round((BACK_OFF_MS[retry] ?? 0) * (0.75 + (chance / 255) * 0.5));
}
