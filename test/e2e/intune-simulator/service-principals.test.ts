/** Service principals and app roles, asked over HTTP as an administrator's tool would ask. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IDENTITY_HEADER } from '../../../dev/intune/entra/managed-identity.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { control, readAnswer, type JsonAnswer } from '../../support/intune-simulator.js';

let simulator: IntuneSimulator;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await control(simulator, 'POST', 'reset');
  await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, { roles: ['Application.Read.All'] });
});

const PUBLIC_CLIENT = '14d82eec-204b-4c2f-b7e8-296a70dab67e';
const INTUNE_API = 'c161e42e-d4df-4a3d-9b42-e7a3c31f59d4';

async function signIn(): Promise<string> {
  const form = {
    grant_type: 'password',
    client_id: PUBLIC_CLIENT,
    username: 'Admin@skep-simulator.onmicrosoft.com',
    password: SEED_IDS.administratorPassword,
    scope: 'https://graph.microsoft.com/.default openid',
  };
  const url = `${simulator.url}/${SEED_IDS.tenant}/oauth2/v2.0/token`;
  const { body } = await readAnswer(fetch(url, { method: 'POST', body: new URLSearchParams(form) }));
  return String(body['access_token']);
}

async function graph(
  path: string,
  body?: unknown,
): Promise<JsonAnswer & { value: Record<string, unknown>[] }> {
  const answer = await readAnswer(
    fetch(`${simulator.url}/v1.0/servicePrincipals${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${await signIn()}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { ...answer, value: (answer.body['value'] ?? []) as Record<string, unknown>[] };
}

const filtered = (filter: string) => graph(`?$filter=${encodeURIComponent(filter)}`);

/** The one role that the seeded app needs and lacks here. */
async function scepGrant() {
  const [owner] = (await filtered(`appId eq '${INTUNE_API}'`)).value;
  const roles = owner?.['appRoles'] as { id: string; value: string }[];
  const appRoleId = roles.find(({ value }) => value === 'scep_challenge_provider')?.id;
  return { principalId: SEED_IDS.clientObject, resourceId: String(owner?.['id']), appRoleId };
}

async function managedIdentityRoles(): Promise<unknown> {
  const url = `${simulator.url}/msi/token?resource=https://api.manage.microsoft.com/&api-version=2019-08-01`;
  const { body } = await readAnswer(fetch(url, { headers: { 'x-identity-header': IDENTITY_HEADER } }));
  return decodeJwt(String(body['access_token']))['roles'];
}

describe('a service principal', () => {
  it('is found by id, by application and by name', async () => {
    const expected = {
      id: SEED_IDS.clientObject,
      appId: SEED_IDS.client,
      displayName: 'skep-local',
      servicePrincipalType: 'ManagedIdentity',
    };
    expect((await graph(`/${SEED_IDS.clientObject}`)).body).toMatchObject(expected);
    expect((await filtered(`appId eq '${SEED_IDS.client}'`)).value).toMatchObject([expected]);
    expect((await filtered(`displayName eq 'Skep-Local'`)).value).toMatchObject([expected]);
    expect((await filtered(`displayName eq 'nobody''s'`)).value).toEqual([]);
    expect((await filtered('startswith(displayName,x)')).status).toBe(400);
    expect((await graph(`/${SEED_IDS.device}`)).status).toBe(404);
  });

  it('of Intune is not there where the tenant has none', async () => {
    await control(simulator, 'PATCH', 'switches', { omitServicePrincipals: [INTUNE_API] });
    expect((await filtered(`appId eq '${INTUNE_API}'`)).value).toEqual([]);
  });
});

describe('an assignment', () => {
  it('is made once, shows on both sides, and is in the next token', async () => {
    expect(await managedIdentityRoles()).toEqual([]);
    const wish = await scepGrant();
    const made = await graph(`/${wish.resourceId}/appRoleAssignedTo`, wish);
    expect(made).toMatchObject({ status: 201, body: { ...wish, principalDisplayName: 'skep-local' } });
    for (const path of [`/${wish.resourceId}/appRoleAssignedTo`, `/${wish.principalId}/appRoleAssignments`]) {
      expect((await graph(path)).value).toContainEqual(made.body);
    }
    expect(await managedIdentityRoles()).toEqual(['scep_challenge_provider']);
    expect(await graph(`/${wish.principalId}/appRoleAssignments`, wish)).toMatchObject({
      status: 400,
      body: { error: { message: 'Permission being assigned already exists on the object' } },
    });
  });

  it('is missing for a day from a token that is kept', async () => {
    await managedIdentityRoles();
    await control(simulator, 'PATCH', 'switches', { staleRoles: true });
    const wish = await scepGrant();
    await graph(`/${wish.resourceId}/appRoleAssignedTo`, wish);
    expect(await managedIdentityRoles()).toEqual([]);
    await control(simulator, 'POST', 'clock', { advance: 'PT25H' });
    expect(await managedIdentityRoles()).toEqual(['scep_challenge_provider']);
  });

  it('is refused to whoever lacks the permission, and for a role of another application', async () => {
    const wish = await scepGrant();
    const other = { ...wish, appRoleId: '00000000-0000-4000-8000-000000000000' };
    expect((await graph(`/${wish.resourceId}/appRoleAssignedTo`, other)).status).toBe(400);
    expect((await graph(`/${wish.principalId}/appRoleAssignedTo`, wish)).status).toBe(400);
    await control(simulator, 'PATCH', `administrators/${SEED_IDS.administrator}`, {
      permissions: ['Application.Read.All'],
    });
    expect(await graph(`/${wish.resourceId}/appRoleAssignedTo`, wish)).toMatchObject({
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied' } },
    });
  });
});
