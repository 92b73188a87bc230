import type { AccessToken } from '@azure/core-auth';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { createFailures } from '../../../lib/microsoft/failures.js';
import { createTokenCache } from '../../../lib/microsoft/token-cache.js';
import { describeRoles, readTokenRoles } from '../../../lib/microsoft/token-roles.js';
import { jwt } from '../intune/fake-cloud.js';
import { createVirtualTime } from './virtual-time.js';

const SCOPE = 'https://api.manage.microsoft.com//.default';

function cache(getToken?: () => Promise<AccessToken | null>) {
  const time = createVirtualTime();
  const asked: string[] = [];
  let failure: Error | undefined;
  let hangs = false;
  const tokens = createTokenCache({
    credential: {
      getToken(scope) {
        asked.push(String(scope));
        if (failure) return Promise.reject(failure);
        if (hangs) return new Promise(() => undefined);
        const token = `token${asked.length}`;
        const expiresOnTimestamp = time.clock.now().getTime() + 60 * MINUTE_MS;
        return getToken ? getToken() : Promise.resolve({ token, expiresOnTimestamp });
      },
    },
    clock: time.clock,
    delay: time.delay,
    timeoutMs: 20_000,
    failures: createFailures({ unavailable: 'ERR_VALIDATOR_UNAVAILABLE', forbidden: 'ERR_INTUNE_FORBIDDEN' }),
  });
  return {
    time,
    asked,
    tokens,
    failWith: (error: Error) => {
      failure = error;
    },
    hang: () => {
      hangs = true;
    },
  };
}

describe('the token cache', () => {
  it('asks once for all who wait, per scope, and passes the scope on as it is', async () => {
    const { asked, tokens } = cache();
    expect(await Promise.all([tokens.get(SCOPE), tokens.get(SCOPE), tokens.get('other')])).toEqual([
      'token1',
      'token1',
      'token2',
    ]);
    expect(asked).toEqual([SCOPE, 'other']);
  });

  it('renews five minutes early', async () => {
    const { time, tokens } = cache();
    await tokens.get(SCOPE);
    time.advance(55 * MINUTE_MS - 1);
    expect(await tokens.get(SCOPE)).toBe('token1');
    time.advance(1);
    // Behind the answers: the present one serves for as long as it takes.
    expect(await tokens.get(SCOPE)).toBe('token1');
    await time.run(Promise.resolve());
    expect(await tokens.get(SCOPE)).toBe('token2');
  });

  it('keeps nobody waiting for a renewal while there is a token that serves', async () => {
    const { time, tokens, hang } = cache();
    await tokens.get(SCOPE);
    hang();
    time.advance(56 * MINUTE_MS);
    const before = time.elapsedMs();
    expect(await time.run(tokens.get(SCOPE))).toBe('token1');
    expect(time.elapsedMs()).toBe(before);
    // In its last minute it might end on the way.
    time.advance(3 * MINUTE_MS + MINUTE_MS / 2);
    expect(await time.run(tokens.get(SCOPE))).toBe('token1');
    expect(time.elapsedMs()).toBeGreaterThan(before + 3 * MINUTE_MS);
  });

  it('uses a token to its end when it cannot be renewed', async () => {
    const { time, tokens, failWith } = cache();
    await tokens.get(SCOPE);
    failWith(new Error('AADSTS7000215: Invalid client secret provided'));
    time.advance(56 * MINUTE_MS);
    expect(await tokens.get(SCOPE)).toBe('token1');
    time.advance(4 * MINUTE_MS);
    await expect(tokens.get(SCOPE)).rejects.toMatchObject({
      code: 'ERR_VALIDATOR_UNAVAILABLE',
      detail: `no token for ${SCOPE}: AADSTS7000215`,
      retryAfterSeconds: 60,
    });
  });

  it('drops the token it is shown, and no newer one', async () => {
    const { tokens } = cache();
    const stale = await tokens.get(SCOPE);
    tokens.drop(SCOPE, stale);
    expect(await tokens.get(SCOPE)).toBe('token2');
    tokens.drop(SCOPE, stale);
    expect(await tokens.get(SCOPE)).toBe('token2');
  });

  it('fails when the credential has nothing, or never answers', async () => {
    const unavailable = { code: 'ERR_VALIDATOR_UNAVAILABLE' };
    await expect(cache(() => Promise.resolve(null)).tokens.get(SCOPE)).rejects.toMatchObject(unavailable);
    const silent = cache(() => new Promise(() => undefined));
    await expect(silent.time.run(silent.tokens.get(SCOPE))).rejects.toMatchObject(unavailable);
    expect(silent.time.elapsedMs()).toBe(20_000);
  });
});

describe('the roles of a token', () => {
  it('are read', () => {
    expect(readTokenRoles(jwt({ roles: ['a', 'b', 3] }))).toEqual(['a', 'b']);
    expect(describeRoles(jwt({ roles: ['a', 'b'] }))).toBe('roles of the token: a b');
    expect(describeRoles(jwt({ scp: 'x y' }))).toBe('permissions of the token: x y');
  });

  it.each(['', 'opaque', 'a.b.c', jwt([]), jwt({ roles: 'a' })])('are none in %j', (token) => {
    expect(readTokenRoles(token)).toEqual([]);
    expect(describeRoles(token)).toBe('roles of the token: none');
  });
});
