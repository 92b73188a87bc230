/** @module An authority kept in memory and looked at again from time to time. */
import { MINUTE_MS, type Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { toSkepError, type SkepError } from '../base/errors.js';
import { singleFlight } from '../base/single-flight.js';
import type { Authority, AuthoritySource } from './authority.js';

export interface RememberOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** From which age on a view is looked at again behind the answer, in milliseconds; default five minutes. */
  readonly freshMs?: number;
}

/** Times its freshness: an older view is looked at again before it is used, since nobody may have asked for hours. */
const OLDEST = 2;

/** Between a look that failed and the next, and between two that strangers can bring about. */
const PAUSE_MS = MINUTE_MS;

/**
 * Loads once, whoever asks first, and again when the view ages. Up to twice `freshMs` nobody waits for that: making an RA
 * certificate can take seconds. Whoever finds an older view, or one whose end has come, waits, together with all others.
 *
 * A look that fails leaves the present view in use: its keys still sign. It is tried again a minute later, behind the
 * answer, so that an outage slows nobody down; only after another idle time of twice `freshMs` somebody waits again.
 * A first load that fails is tried again by the next call.
 */
export function rememberAuthority(
  load: () => Promise<Authority>,
  { clock, log, freshMs = 5 * MINUTE_MS }: RememberOptions,
): AuthoritySource {
  let view: Authority | undefined;
  let failure: SkepError | undefined;
  let staleAt = 0;
  let endsAt = 0;
  let pauseEndsAt = 0;

  function plan(nextLookMs: number, until: Date | undefined): void {
    const now = clock.now().getTime();
    staleAt = now + nextLookMs;
    endsAt = Math.min(now + OLDEST * freshMs, until?.getTime() ?? Infinity);
    pauseEndsAt = now + PAUSE_MS;
  }

  const look = singleFlight(async (): Promise<Authority> => {
    try {
      view = await load();
      failure = undefined;
      plan(freshMs, view.until);
    } catch (thrown) {
      if (!view) throw thrown;
      failure = toSkepError(thrown);
      const { code, message } = failure;
      log.warn('The authority could not be read again; the present one stays in use.', { code, message });
      const { until } = view;
      plan(PAUSE_MS, until && until > clock.now() ? until : undefined);
    }
    return view;
  });

  return async (anew) => {
    if (!view) return look();
    const now = clock.now().getTime();
    if (now >= endsAt) await look();
    else if (anew && now >= pauseEndsAt) await look();
    else if (now >= staleAt) void look();
    if (anew && failure) throw failure;
    return view;
  };
}
