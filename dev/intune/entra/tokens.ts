/** @module Access tokens: signed JWTs with the claims that Intune and Graph look at. */
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../lib/base/clock.js';
import { resourceOf, RESOURCES, type Resource } from '../constants.js';
import type { Administrator, AppRegistration } from '../model.js';

export interface AccessClaims {
  readonly tenantId: string;
  readonly clientId: string;
  readonly audience: string;
  readonly roles: readonly string[];
  /** Of a person's token: what the app may do in their name. */
  readonly scopes: readonly string[];
}

interface TokenOptions {
  /** As it goes into `aud`. */
  readonly audience: string;
  readonly resource: Resource;
  readonly lifetimeSeconds: number;
  /** Roles to leave out; `all` for every one. */
  readonly withoutRoles?: readonly string[] | 'all';
}

interface DelegatedOptions {
  readonly audience: string;
  readonly clientId: string;
  readonly lifetimeSeconds: number;
  readonly permissions: readonly string[];
}

export interface TokenAuthority {
  readonly jwks: { readonly keys: readonly JWK[] };
  issue(app: AppRegistration, options: TokenOptions): Promise<string>;
  /** For an app in the name of a person. */
  issueFor(person: Administrator, options: DelegatedOptions): Promise<string>;
  /** What says to the app who signed in. */
  issueIdToken(person: Administrator, clientId: string, issuer: string): Promise<string>;
  /** @returns undefined when the token is forged, expired, not yet valid, or for another audience. */
  verify(token: string, resource: Resource): Promise<AccessClaims | undefined>;
}

const ALGORITHM = 'RS256';
const ID_TOKEN_SECONDS = 3600;
const KEY_ID = 'skep-intune-simulator';

export async function createTokenAuthority(clock: Clock): Promise<TokenAuthority> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' };
  const sign = (claims: JWTPayload, lifetimeSeconds: number): Promise<string> => {
    const now = Math.floor(clock.now().getTime() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: KEY_ID })
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetimeSeconds)
      .setJti(randomUUID())
      .sign(privateKey);
  };
  const issuerOf = (tenantId: string): string => `https://sts.windows.net/${tenantId}/`;
  return {
    jwks: { keys: [jwk] },
    issue: (app, { audience, resource, lifetimeSeconds, withoutRoles = [] }) => {
      // Those of its audience alone.
      const roles = app.roles
        .filter((role) => resourceOf(role) === resource)
        .filter((role) => withoutRoles !== 'all' && !withoutRoles.includes(role));
      const { tenantId: tid, clientId: appid, objectId: oid } = app;
      return sign(
        { iss: issuerOf(tid), sub: oid, aud: audience, tid, appid, oid, ver: '1.0', roles },
        lifetimeSeconds,
      );
    },
    issueFor: ({ id: oid, tenantId: tid, userPrincipalName: upn }, options) =>
      sign(
        {
          ...{ iss: issuerOf(tid), sub: oid, aud: options.audience, tid, oid, upn, ver: '1.0' },
          appid: options.clientId,
          scp: options.permissions.join(' '),
        },
        options.lifetimeSeconds,
      ),
    issueIdToken: ({ id: oid, tenantId: tid, userPrincipalName }, clientId, iss) =>
      sign(
        { iss, sub: oid, aud: clientId, tid, oid, preferred_username: userPrincipalName, ver: '2.0' },
        ID_TOKEN_SECONDS,
      ),
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
          scopes: typeof payload['scp'] === 'string' ? payload['scp'].split(' ') : [],
        };
      } catch {
        return undefined;
      }
    },
  };
}
