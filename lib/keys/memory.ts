/** @module An authority kept in memory and looked at again from time to time. */
import { MINUTE_MS, type Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { toSkepError } from '../base/errors.js';
import type { Authority, AuthoritySource } from './authority.js';

export interface RememberOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long one view is used before it is looked at again, in milliseconds; default ten minutes. */
  readonly freshMs?: number;
}

/**
 * Loads once, whoever asks first, and again when the view is older than `freshMs`. A reload that fails leaves the
 * present view in use: its keys still sign. A first load that fails is tried again by the next call.
 */
export function rememberAuthority(
  load: () => Promise<Authority>,
  { clock, log, freshMs = 10 * MINUTE_MS }: RememberOptions,
): AuthoritySource {
  let view: Authority | undefined;
  let loading: Promise<Authority> | undefined;
  let staleAt = 0;

  const reload = (): Promise<Authority> => {
    loading ??= load()
      .then(
        (loaded) => (view = loaded),
        (thrown: unknown) => {
          if (!view) throw thrown;
          const { code, message } = toSkepError(thrown);
          log.warn('The authority could not be read again; the present one stays in use.', { code, message });
          return view;
        },
      )
      .finally(() => {
        staleAt = clock.now().getTime() + freshMs;
        loading = undefined;
      });
    return loading;
  };

  return async () => {
    if (!view) return reload();
    // Nobody waits for a refresh: making an RA certificate can take seconds.
    if (clock.now().getTime() >= staleAt) void reload();
    return view;
  };
}
