/** @module Access tokens, one per scope, asked for once however many requests wait for them. */
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { MINUTE_MS, type Clock } from '../base/clock.js';
import { type Delay, runWithin } from './deadline.js';
import type { Failures } from './failures.js';

const REFRESH_EARLY_MS = 5 * MINUTE_MS;
/** With more than this left, a token is used while the next one is being fetched. */
const WAIT_BEFORE_END_MS = MINUTE_MS;

export interface TokenCache {
  /** @throws {SkepError} the `unavailable` code when the credential gives none. */
  get(scope: string): Promise<string>;
  /** Forgets `token`, if it is still the current one: several requests may find it stale at the same time. */
  drop(scope: string, token: string): void;
}

export interface TokenCacheOptions {
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly delay: Delay;
  /** How long one request to the credential may take. */
  readonly timeoutMs: number;
  readonly failures: Failures;
}

export function createTokenCache(options: TokenCacheOptions): TokenCache {
  const { credential, clock, delay, timeoutMs, failures } = options;
  const known = new Map<string, AccessToken>();
  const flights = new Map<string, Promise<string>>();

  const livesFor = (token: AccessToken) => token.expiresOnTimestamp - clock.now().getTime();

  async function request(scope: string): Promise<string> {
    try {
      const token = await runWithin(timeoutMs, delay, (abortSignal) =>
        credential.getToken(scope, { abortSignal }),
      );
      if (!token) throw failures.unavailable(`the credential has no token for ${scope}`);
      known.set(scope, token);
      return token.token;
    } catch (cause) {
      // A token that was due for its early refresh still serves until its end.
      const current = known.get(scope);
      if (current && livesFor(current) > 0) return current.token;
      throw failures.unavailable(`no token for ${scope}${entraCode(cause)}`, { cause });
    } finally {
      flights.delete(scope);
    }
  }

  return {
    async get(scope) {
      const current = known.get(scope);
      const leftMs = current ? livesFor(current) : 0;
      if (current && leftMs > REFRESH_EARLY_MS) return current.token;
      const flight = flights.get(scope) ?? request(scope);
      flights.set(scope, flight);
      if (!current || leftMs <= WAIT_BEFORE_END_MS) return flight;
      // A credential that hangs would take the time of every call, though there is a token that serves.
      flight.catch(() => undefined);
      return current.token;
    },
    drop(scope, token) {
      if (known.get(scope)?.token === token) known.delete(scope);
    },
  };
}

/** Entra's error number, the one word of a credential's message that is worth its place in a log line. */
function entraCode(cause: unknown): string {
  const code = cause instanceof Error ? /AADSTS\d+/.exec(cause.message)?.[0] : undefined;
  return code ? `: ${code}` : '';
}
