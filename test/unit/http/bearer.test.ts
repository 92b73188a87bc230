import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBearerVerifier, type BearerVerifierOptions } from '../../../lib/http/bearer.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const nowSeconds = NOW.getTime() / 1000;
const ISSUER = 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0';
const AUDIENCE = 'api://skep';
const ROLE = 'Validation.Use';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Pair;
let theirs: Pair;
let jwks: { keys: object[] };

beforeAll(async () => {
  [ours, theirs] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  jwks = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] };
});

const claims: JWTPayload = {
  iss: ISSUER,
  aud: AUDIENCE,
  exp: nowSeconds + 600,
  oid: 'object-1',
  azp: 'client-1',
  roles: ['Other', ROLE],
};

const sign = (payload: JWTPayload, key: Pair['privateKey'] = ours.privateKey) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key);

const verifier = (more: Partial<BearerVerifierOptions> = {}) =>
  createBearerVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: createLocalJWKSet(jwks),
    clock: { now: () => NOW },
    ...more,
  });

describe('the bearer verifier', () => {
  it('says who calls', async () => {
    const token = await sign({ ...claims, preferred_username: 'ada@example.org' });
    expect(await verifier()(`Bearer ${token}`, ROLE)).toEqual({
      id: 'object-1',
      appId: 'client-1',
      name: 'ada@example.org',
      roles: ['Other', ROLE],
    });
    expect(await verifier()(`bearer ${token}`, ROLE)).toMatchObject({ id: 'object-1' });
  });

  it('reads v1 tokens, when their issuer is accepted', async () => {
    const iss = 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/';
    const { oid: _oid, azp: _azp, ...rest } = claims;
    const token = await sign({ ...rest, iss, sub: 'subject-1', appid: 'client-1' });
    expect(await verifier({ issuer: [ISSUER, iss] })(`Bearer ${token}`, ROLE)).toMatchObject({
      id: 'subject-1',
      appId: 'client-1',
    });
  });

  it.each([
    ['another issuer', { iss: ISSUER.replace('1111', '9999') }],
    ['another audience', { aud: 'api://other' }],
    ['the past', { exp: nowSeconds - 61 }],
    ['the future', { nbf: nowSeconds + 61 }],
  ])('refuses a token of %s', async (_name, wrong) => {
    await expect(verifier()(`Bearer ${await sign({ ...claims, ...wrong })}`, ROLE)).rejects.toMatchObject({
      code: 'ERR_CALLER_UNAUTHENTICATED',
    });
  });

  it('refuses a token without an end', async () => {
    const { exp: _exp, ...endless } = claims;
    await expect(verifier()(`Bearer ${await sign(endless)}`, ROLE)).rejects.toMatchObject({
      code: 'ERR_CALLER_UNAUTHENTICATED',
    });
  });

  it('refuses what somebody else signed, or nobody, or with the public key as a secret', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const secret = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    const tokens = [
      await sign(claims, theirs.privateKey),
      `${part({ alg: 'none' })}.${part(claims)}.`,
      `${part({ alg: 'none' })}.${part(claims)}.AA`,
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret),
    ];
    for (const token of tokens) {
      await expect(verifier()(`Bearer ${token}`, ROLE)).rejects.toMatchObject({
        code: 'ERR_CALLER_UNAUTHENTICATED',
      });
    }
  });

  it.each([null, undefined, '', 'Bearer', 'Bearer x', 'Basic YTpi', 'Bearer a.b.c'])(
    'refuses the header %j',
    async (header) => {
      await expect(verifier()(header, ROLE)).rejects.toMatchObject({ code: 'ERR_CALLER_UNAUTHENTICATED' });
    },
  );

  it.each([[['Other']], [ROLE], [undefined]])('refuses the roles %j', async (roles) => {
    await expect(verifier()(`Bearer ${await sign({ ...claims, roles })}`, ROLE)).rejects.toMatchObject({
      code: 'ERR_CALLER_FORBIDDEN',
    });
  });

  it('fetches Entra’s keys, and calls it an outage when it cannot', async () => {
    let status = 200;
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(jwks));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const keys = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
    const header = `Bearer ${await sign(claims)}`;
    const outage = { code: 'ERR_CALLER_KEYS_UNAVAILABLE', retryAfterSeconds: 60 };

    expect(await verifier({ keys })(header, ROLE)).toMatchObject({ id: 'object-1' });
    status = 500;
    await expect(verifier({ keys })(header, ROLE)).rejects.toMatchObject(outage);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(verifier({ keys })(header, ROLE)).rejects.toMatchObject(outage);
  });

  it.each([{ issuer: '' }, { issuer: [] }, { audience: '' }, { audience: [] }])(
    'is not made of %j',
    (more) => {
      expect(() => verifier(more)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
    },
  );
});
