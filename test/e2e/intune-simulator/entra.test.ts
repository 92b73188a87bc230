import { X509Certificate } from 'node:crypto';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { ClientSecretCredential, ManagedIdentityCredential } from '@azure/identity';
import { createRemoteJWKSet, decodeJwt, importPKCS8, jwtVerify, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCredential } from '../../../dev/intune/credentials.js';
import { IDENTITY_HEADER } from '../../../dev/intune/entra/managed-identity.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { pem } from '../../support/openssl.js';
import {
  askToken,
  control,
  getToken,
  GRAPH_SCOPE,
  INTUNE_APP,
  INTUNE_SCOPE,
  listEndpoints,
  readAnswer,
} from '../../support/intune-simulator.js';

let simulator: IntuneSimulator;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await control(simulator, 'POST', 'reset');
});
afterAll(() => simulator.close());

describe('the token endpoint', () => {
  it('issues a token that the published keys verify, with the claims of its audience', async () => {
    const { status, body } = await askToken(simulator);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 });
    const keys = createRemoteJWKSet(new URL(`${simulator.url}/${SEED_IDS.tenant}/discovery/v2.0/keys`));
    const { payload } = await jwtVerify(String(body['access_token']), keys);
    expect(payload).toMatchObject({
      aud: 'https://api.manage.microsoft.com/',
      iss: `https://sts.windows.net/${SEED_IDS.tenant}/`,
      tid: SEED_IDS.tenant,
      appid: SEED_IDS.client,
      roles: ['scep_challenge_provider'],
    });
    const graph = decodeJwt(await getToken(simulator, GRAPH_SCOPE));
    expect(graph.aud).toBe('https://graph.microsoft.com');
    expect(graph['roles']).toContain('Application.Read.All');
    expect(graph['roles']).not.toContain('scep_challenge_provider');
  });

  it('issues the administrator’s tool a token for the SCEP server itself', async () => {
    const scope = 'api://skep-local/.default';
    const { body } = await askToken(simulator, { scope, client_id: SEED_IDS.manager });
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      aud: 'api://skep-local',
      oid: SEED_IDS.managerObject,
      roles: ['Certificates.Read', 'Certificates.Revoke', 'Validation.Use'],
    });
    const server = decodeJwt(String((await askToken(simulator, { scope })).body['access_token']));
    expect(server['roles']).toEqual([]);
  });

  it('knows the tenant by its domain too', async () => {
    const { status } = await askToken(simulator, {}, 'skep-simulator.onmicrosoft.com');
    expect(status).toBe(200);
  });

  it.each<[number, string, number, Record<string, string>, string?]>([
    [401, 'invalid_client', 7000215, { client_secret: 'wrong' }],
    [400, 'unauthorized_client', 700016, { client_id: '00000000-0000-4000-8000-000000000000' }],
    [400, 'invalid_resource', 500011, { scope: 'https://example.com/.default' }],
    [400, 'invalid_scope', 70011, { scope: 'https://api.manage.microsoft.com/user_read' }],
    [400, 'unsupported_grant_type', 70003, { grant_type: 'refresh_token' }],
    [400, 'invalid_request', 90002, {}, 'nowhere.example'],
  ])('%i %s AADSTS%i', async (status, error, code, changes, tenant) => {
    const answer = await askToken(simulator, changes, tenant);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error, error_codes: [code] });
    expect(answer.body['error_description']).toMatch(new RegExp(`^AADSTS${code}: `));
    expect(Object.keys(answer.body)).toEqual(
      expect.arrayContaining(['timestamp', 'trace_id', 'correlation_id']),
    );
    expect(JSON.stringify(answer.body)).not.toContain('wrong');
  });

  it('takes the Intune scope with one slash, unless strict', async () => {
    const single = { scope: 'https://api.manage.microsoft.com/.default' };
    expect((await askToken(simulator, single)).status).toBe(200);
    await control(simulator, 'PATCH', 'switches', { strictScope: true });
    expect((await askToken(simulator, single)).body).toMatchObject({ error_codes: [500011] });
    expect((await askToken(simulator, { scope: INTUNE_SCOPE })).status).toBe(200);
  });

  it('takes an assertion signed with a registered certificate, and no other', async () => {
    const credential = await createCredential('client');
    const der = new Uint8Array(credential.certificate.toSchema().toBER());
    await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, {
      certificates: [new X509Certificate(pem(der)).toString()],
    });
    const ask = async (signer: typeof credential, audience: string) => {
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', signer.decryptionKey));
      const key = await importPKCS8(pem(pkcs8, 'PRIVATE KEY'), 'PS256');
      const assertion = await new SignJWT({ jti: '1' })
        .setProtectedHeader({ alg: 'PS256' })
        .setIssuer(SEED_IDS.client)
        .setSubject(SEED_IDS.client)
        .setAudience(audience)
        .setNotBefore('0s')
        .setExpirationTime('10m')
        .sign(key);
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: SEED_IDS.client,
        scope: INTUNE_SCOPE,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      const url = `${simulator.url}/${SEED_IDS.tenant}/oauth2/v2.0/token`;
      return readAnswer(fetch(url, { method: 'POST', body: form }));
    };
    const audience = `${simulator.url}/${SEED_IDS.tenant}/oauth2/v2.0/token`;
    expect((await ask(credential, audience)).status).toBe(200);
    expect((await ask(credential, 'https://example.com/')).body).toMatchObject({ error_codes: [700027] });
    expect((await ask(await createCredential('other'), audience)).body).toMatchObject({
      error_codes: [700027],
    });
  });

  it('hands out tokens that are expired, or lack roles, as often as a fault says', async () => {
    await control(simulator, 'POST', 'faults', [
      { kind: 'tokenExpiry', seconds: -60, endpoint: 'token', count: 1 },
    ]);
    const graph = () => getToken(simulator, GRAPH_SCOPE);
    expect((await listEndpoints(simulator, await graph())).status).toBe(401);
    expect((await listEndpoints(simulator, await graph())).status).toBe(200);
    await control(simulator, 'POST', 'faults', { kind: 'roleRemoval', endpoint: 'token', count: 1 });
    expect((await listEndpoints(simulator, await graph())).status).toBe(403);
    expect((await listEndpoints(simulator, await graph())).status).toBe(200);
  });

  it('lets tokens expire by the simulator’s clock', async () => {
    const token = await getToken(simulator, GRAPH_SCOPE);
    expect((await listEndpoints(simulator, token)).status).toBe(200);
    await control(simulator, 'POST', 'clock', { advance: 'PT61M' });
    expect((await listEndpoints(simulator, token)).body).toMatchObject({
      error: { code: 'InvalidAuthenticationToken' },
    });
  });
});

describe('@azure/identity', () => {
  /** MSAL takes nothing but https authorities; here a terminator stands between, as it would in front of the simulator. */
  const terminator: HttpClient = {
    sendRequest: (request) => {
      request.url = request.url.replace(/^https:/, 'http:');
      request.allowInsecureConnection = true;
      request.headers.set('x-forwarded-proto', 'https');
      return createDefaultHttpClient().sendRequest(request);
    },
  };

  it('refuses a plain http authority by itself', () => {
    expect(
      () =>
        new ClientSecretCredential(SEED_IDS.tenant, SEED_IDS.client, SEED_IDS.clientSecret, {
          authorityHost: simulator.url,
        }),
    ).toThrow(/https/);
  });

  it('gets its token with a client secret', async () => {
    const credential = new ClientSecretCredential(SEED_IDS.tenant, SEED_IDS.client, SEED_IDS.clientSecret, {
      authorityHost: simulator.url.replace('http:', 'https:'),
      disableInstanceDiscovery: true,
      httpClient: terminator,
    });
    const { token } = await credential.getToken(INTUNE_SCOPE);
    expect(decodeJwt(token).aud).toBe('https://api.manage.microsoft.com/');
    const wrong = new ClientSecretCredential(SEED_IDS.tenant, SEED_IDS.client, 'wrong', {
      authorityHost: simulator.url.replace('http:', 'https:'),
      disableInstanceDiscovery: true,
      httpClient: terminator,
    });
    await expect(wrong.getToken(INTUNE_SCOPE)).rejects.toThrow(/AADSTS7000215|7000215/);
  });

  it('gets its token as a managed identity, with the audience of the doubled slash', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', `${simulator.url}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', IDENTITY_HEADER);
    const { token } = await new ManagedIdentityCredential().getToken(INTUNE_SCOPE);
    expect(decodeJwt(token)).toMatchObject({
      aud: 'https://api.manage.microsoft.com/',
      roles: ['scep_challenge_provider'],
    });
  });
});

describe('the managed identity endpoint', () => {
  const ask = (header: string | undefined) =>
    readAnswer(
      fetch(`${simulator.url}/msi/token?resource=https://graph.microsoft.com/&api-version=2019-08-01`, {
        headers: header === undefined ? {} : { 'x-identity-header': header },
      }),
    );

  it('answers in the form of App Service', async () => {
    const { status, body } = await ask(IDENTITY_HEADER);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', resource: 'https://graph.microsoft.com/' });
    const hours = (Number(body['expires_on']) * 1000 - simulator.clock.now().getTime()) / 3_600_000;
    expect(hours).toBeCloseTo(24, 1);
  });

  it('wants its header', async () => {
    expect((await ask(undefined)).status).toBe(401);
  });

  it('keeps the roles of the first token for a day when the switch says so', async () => {
    const roles = async () => decodeJwt(String((await ask(IDENTITY_HEADER)).body['access_token']))['roles'];
    await control(simulator, 'PATCH', 'switches', { staleRoles: true });
    await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, { roles: [] });
    await control(simulator, 'POST', 'clock', { advance: 'P2D' });
    expect(await roles()).toEqual([]);
    await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, { roles: ['Application.Read.All'] });
    expect(await roles()).toEqual([]);
    await control(simulator, 'POST', 'clock', { advance: 'PT24H' });
    expect(await roles()).toEqual(['Application.Read.All']);
  });
});

describe('metadata', () => {
  it('names its own endpoints', async () => {
    const { body } = await readAnswer(
      fetch(`${simulator.url}/${SEED_IDS.tenant}/v2.0/.well-known/openid-configuration`),
    );
    expect(body).toMatchObject({
      token_endpoint: `${simulator.url}/${SEED_IDS.tenant}/oauth2/v2.0/token`,
      jwks_uri: `${simulator.url}/${SEED_IDS.tenant}/discovery/v2.0/keys`,
    });
  });

  it('answers instance discovery', async () => {
    const { body } = await readAnswer(
      fetch(
        `${simulator.url}/common/discovery/instance?api-version=1.1&authorization_endpoint=${simulator.url}/${SEED_IDS.tenant}/oauth2/v2.0/authorize`,
      ),
    );
    expect(body).toMatchObject({
      tenant_discovery_endpoint: `${simulator.url}/${SEED_IDS.tenant}/v2.0/.well-known/openid-configuration`,
      metadata: [{ preferred_network: new URL(simulator.url).host }],
    });
  });
});

describe('the endpoint list of Graph', () => {
  const list = async () => listEndpoints(simulator, await getToken(simulator, GRAPH_SCOPE));
  const names = async () =>
    ((await list()).body['value'] as { providerName: string | null }[]).map((row) => row.providerName);

  it('holds both services among others', async () => {
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(body['value']).toContainEqual(
      expect.objectContaining({
        providerName: 'ScepRequestValidationFEService',
        uri: `${simulator.url}/RACerts/ScepRequestValidationFEService/Gateway/StatelessScepRequestValidationService`,
      }),
    );
    expect((await names()).length).toBeGreaterThan(2);
  });

  it('answers the parenthesised form alike', async () => {
    const token = await getToken(simulator, GRAPH_SCOPE);
    for (const quote of ["'", '%27']) {
      const { status, body } = await readAnswer(
        fetch(`${simulator.url}/v1.0/servicePrincipals(appId=${quote}${INTUNE_APP}${quote})/endpoints`, {
          headers: { authorization: `Bearer ${token}` },
        }),
      );
      expect(status).toBe(200);
      expect(body['value']).toEqual((await list()).body['value']);
    }
  });

  it('refuses in Graph’s form: no token, another audience, no role, another application', async () => {
    expect((await listEndpoints(simulator, 'nonsense')).body).toMatchObject({
      error: { code: 'InvalidAuthenticationToken' },
    });
    expect((await listEndpoints(simulator, await getToken(simulator, INTUNE_SCOPE))).status).toBe(401);
    await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, { roles: ['scep_challenge_provider'] });
    const denied = await list();
    expect(denied.status).toBe(403);
    expect(denied.body).toMatchObject({ error: { code: 'Authorization_RequestDenied' } });
  });

  it('follows its switches: left out, letter case, null names, pages', async () => {
    await control(simulator, 'PATCH', 'switches', {
      omitProviders: ['ScepRequestValidationFEService'],
      providerNameCase: 'lower',
      nullNames: true,
    });
    const found = await names();
    expect(found).not.toContain('scepRequestvalidationfeservice'.toLowerCase());
    expect(found).toContain('pkiconnectorfeservice');
    expect(found).toContain(null);
    await control(simulator, 'PATCH', 'switches', { discoveryPageSize: 2 });
    const { body } = await list();
    expect(body['value']).toHaveLength(2);
    expect(body['@odata.nextLink']).toContain('$skiptoken=2');
  });
});
