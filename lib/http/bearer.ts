/** @module Who calls: Entra's access tokens, verified offline against Entra's published keys. */
import type * as Jose from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';

export interface BearerVerifierOptions {
  /** Accepted `iss`: of a tenant, `https://login.microsoftonline.com/{tenant id}/v2.0` and, for v1 tokens, `https://sts.windows.net/{tenant id}/`. */
  readonly issuer: string | readonly string[];
  /** Accepted `aud`: the app's client id, its `api://` URI, or both. */
  readonly audience: string | readonly string[];
  /** Where Entra publishes its keys, or a resolver of keys. */
  readonly keys: URL | JWTVerifyGetKey;
  readonly clock: Clock;
}

export interface VerifiedCaller {
  /** Object id of the user or service principal; `sub` if the token has none. */
  readonly id: string;
  /** Client id of the application that asked for the token. */
  readonly appId: string | undefined;
  /** For people: the user's sign-in name, if there is one. */
  readonly name: string | undefined;
  readonly roles: readonly string[];
}

/**
 * @param authorization value of the Authorization header.
 * @param requiredRole app role that `roles` must contain.
 * @throws {SkepError} `ERR_CALLER_UNAUTHENTICATED`, `ERR_CALLER_FORBIDDEN`, `ERR_CALLER_KEYS_UNAVAILABLE`.
 */
export type BearerVerifier = (
  authorization: string | null | undefined,
  requiredRole: string,
) => Promise<VerifiedCaller>;

/** Loaded for the first token, not at every start. */
const loadJose = () => import('jose');

const CLOCK_TOLERANCE_SECONDS = 60;
/** Entra signs with RS256 only; naming it keeps `none` and HMAC with a public key out. */
const ALGORITHMS = ['RS256'];

/** @throws {SkepError} `ERR_CONFIG` when no issuer or no audience is given: then every tenant's tokens would do. */
export function createBearerVerifier(options: BearerVerifierOptions): BearerVerifier {
  const issuer = [options.issuer].flat();
  const audience = [options.audience].flat();
  if (![issuer, audience].every((list) => list.length > 0 && list.every(Boolean))) {
    throw new SkepError('ERR_CONFIG', { detail: 'callers’ tokens need an issuer and an audience' });
  }
  let keys = options.keys;

  return async (authorization, requiredRole) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw new SkepError('ERR_CALLER_UNAUTHENTICATED', { detail: 'no bearer token' });
    const payload = await verify(token);
    const roles = textList(payload['roles']);
    const caller = {
      id: text(payload['oid']) ?? text(payload.sub) ?? '',
      appId: text(payload['azp']) ?? text(payload['appid']),
      name: text(payload['preferred_username']) ?? text(payload['upn']),
      roles,
    };
    if (!roles.includes(requiredRole)) {
      throw new SkepError('ERR_CALLER_FORBIDDEN', { detail: `${caller.id} lacks the role ${requiredRole}` });
    }
    return caller;
  };

  async function verify(token: string): Promise<JWTPayload> {
    const { createRemoteJWKSet, errors, jwtVerify } = await loadJose();
    if (keys instanceof URL) keys = createRemoteJWKSet(keys);
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: options.clock.now(),
      });
      return payload;
    } catch (cause) {
      throw refusal(cause, errors);
    }
  }
}

/** A token that is at fault is the caller's matter; keys that could not be had are an outage of ours. */
function refusal(cause: unknown, errors: typeof Jose.errors): SkepError {
  const atFault =
    cause instanceof errors.JOSEError &&
    cause.code !== errors.JWKSTimeout.code &&
    cause.code !== errors.JWKSInvalid.code &&
    cause.code !== errors.JOSEError.code;
  return atFault
    ? new SkepError('ERR_CALLER_UNAUTHENTICATED', { detail: cause.code, cause })
    : new SkepError('ERR_CALLER_KEYS_UNAVAILABLE', { cause, retryAfterSeconds: 60 });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
