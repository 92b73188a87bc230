/** @module Access tokens: signed JWTs with the claims that Intune and Graph look at. */
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../lib/base/clock.js';
import { RESOURCES, SCEP_ROLE, SERVER_ROLES, type Resource } from '../constants.js';
import type { AppRegistration } from '../model.js';

export interface AccessClaims {
  readonly tenantId: string;
  readonly clientId: string;
  readonly audience: string;
  readonly roles: readonly string[];
}

interface TokenOptions {
  /** As it goes into `aud`. */
  readonly audience: string;
  readonly resource: Resource;
  readonly lifetimeSeconds: number;
  /** Roles to leave out; `all` for every one. */
  readonly withoutRoles?: readonly string[] | 'all';
}

export interface TokenAuthority {
  readonly jwks: { readonly keys: readonly JWK[] };
  issue(app: AppRegistration, options: TokenOptions): Promise<string>;
  /** @returns undefined when the token is forged, expired, not yet valid, or for another audience. */
  verify(token: string, resource: Resource): Promise<AccessClaims | undefined>;
}

const ALGORITHM = 'RS256';
const KEY_ID = 'skep-intune-simulator';

/** A token carries the roles of its audience alone. */
function resourceOf(role: string): Resource {
  if (role === SCEP_ROLE) return 'intune';
  return SERVER_ROLES.has(role) ? 'server' : 'graph';
}

export async function createTokenAuthority(clock: Clock): Promise<TokenAuthority> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' };
  return {
    jwks: { keys: [jwk] },
    issue: (app, { audience, resource, lifetimeSeconds, withoutRoles = [] }) => {
      const now = Math.floor(clock.now().getTime() / 1000);
      const roles = app.roles
        .filter((role) => resourceOf(role) === resource)
        .filter((role) => withoutRoles !== 'all' && !withoutRoles.includes(role));
      const claims = { tid: app.tenantId, appid: app.clientId, oid: app.objectId, ver: '1.0', roles };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: KEY_ID })
        .setIssuer(`https://sts.windows.net/${app.tenantId}/`)
        .setSubject(app.objectId)
        .setAudience(audience)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifetimeSeconds)
        .setJti(randomUUID())
        .sign(privateKey);
    },
    verify: async (token, resource) => {
      const own = RESOURCES[resource];
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: [ALGORITHM],
          audience: [own, own.replace(/\/$/, '')],
          currentDate: clock.now(),
        });
        return {
          tenantId: String(payload['tid']),
          clientId: String(payload['appid']),
          audience: String(payload.aud),
          roles: (payload['roles'] ?? []) as string[],
        };
      } catch {
        return undefined;
      }
    },
  };
}
