/** `skep setup` against a simulated tenant, vault and storage account: every request to Entra and Graph is looked at. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAzurite, type Azurite } from '../../../dev/azurite.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { startVaultSimulator, type VaultSimulator } from '../../../dev/vault/server.js';
import { roleIdOf, ownerOf } from '../../../dev/intune/graph/principals.js';
import { control } from '../../support/intune-simulator.js';
import { startSimulatedApp, type SimulatedApp } from '../../support/simulated-app.js';
import { watchSimulator } from '../../support/simulated-microsoft.js';
import { runSkep } from '../../unit/cli/run-cli.js';

let simulator: IntuneSimulator;
let azurite: Azurite;
let vault: VaultSimulator;
let app: SimulatedApp;
let folder: string;

beforeAll(async () => {
  [simulator, azurite, vault] = await Promise.all([
    startIntuneSimulator(),
    startAzurite(),
    startVaultSimulator(),
  ]);
  vault.createKey('skep-ca', { kty: 'EC-HSM' });
});
afterAll(() => Promise.all([simulator.close(), azurite.close(), vault.close()]));
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skep-setup-'));
  await control(simulator, 'POST', 'reset');
  await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, { roles: [] });
  await BlobServiceClient.fromConnectionString(azurite.connectionString)
    .getContainerClient('public')
    .deleteIfExists();
  app = await startSimulatedApp(simulator, true);
  writeReady({});
  writeFileSync(join(folder, 'vault.pem'), vault.certificate);
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

function writeReady(changes: object): void {
  const ready = {
    scep: { intune: '', static: null },
    intune: simulator.url,
    identity: SEED_IDS.client,
    health: app.health,
    vault: vault.url,
    storage: azurite.connectionString,
    ...changes,
  };
  writeFileSync(join(folder, 'ready.json'), JSON.stringify(ready));
}

const SUBJECT = 'CN=Contoso Device CA';
const NEEDED = [
  'scep_challenge_provider',
  'Application.Read.All',
  'Device.Read.All',
  'User.Read.All',
  'DeviceManagementManagedDevices.Read.All',
] as const;

interface Answer {
  readonly status: string;
  readonly code?: string;
  readonly message?: string;
  readonly next?: string;
  readonly roles?: { readonly role: string; readonly state: string; readonly by?: string }[];
  readonly ca?: { readonly state: string; readonly subject?: string };
  readonly app?: { readonly state: string };
  readonly handover?: string;
}

/** @param onRequest sees every request before it leaves. */
async function setup(args: readonly string[], onRequest?: (line: string) => void) {
  const microsoft = watchSimulator(simulator, onRequest);
  const env = { SKEP_DATA_DIR: folder };
  const run = await runSkep(['setup', '--json', '--wait', '0', ...args], { env, fetch: microsoft.fetch });
  expect(run.err).toBe('');
  return { exitCode: run.exitCode, requests: microsoft.take(), ...(JSON.parse(run.out) as Answer) };
}

const grantedRoles = (): readonly string[] => simulator.state.apps.get(SEED_IDS.client)?.roles ?? [];
const states = ({ roles = [] }: Answer) => Object.fromEntries(roles.map(({ role, state }) => [role, state]));
const writes = (requests: readonly string[]) => requests.filter((line) => line.startsWith('POST /v1.0/'));

const PRINCIPALS = '/v1.0/servicePrincipals';
const INTUNE_API = ownerOf(SEED_IDS.tenant, 'intune').id;
const GRAPH_API = ownerOf(SEED_IDS.tenant, 'graph').id;

const grantRequest = (role: string): string => {
  const resourceId = role === 'scep_challenge_provider' ? INTUNE_API : GRAPH_API;
  const body = { principalId: SEED_IDS.clientObject, resourceId, appRoleId: roleIdOf(role) };
  return `POST ${PRINCIPALS}/${resourceId}/appRoleAssignedTo ${JSON.stringify(body)}`;
};

const SELECT = '$select=id,appId,displayName';
const READS = [
  'GET /health',
  'GET /_sim/settings',
  `POST /${SEED_IDS.tenant}/oauth2/v2.0/token`,
  `GET ${PRINCIPALS}/${SEED_IDS.client}?${SELECT}`,
  `GET ${PRINCIPALS}?$filter=appId eq '${SEED_IDS.client}'&${SELECT}`,
  `GET ${PRINCIPALS}?$filter=appId eq 'c161e42e-d4df-4a3d-9b42-e7a3c31f59d4'&${SELECT},appRoles`,
  `GET ${PRINCIPALS}?$filter=appId eq '00000003-0000-0000-c000-000000000000'&${SELECT},appRoles`,
  `GET ${PRINCIPALS}/${SEED_IDS.clientObject}/appRoleAssignments`,
] as const;

describe('from nothing', () => {
  it('grants the roles, makes the root, and sees that the app has them; the second run writes nothing', async () => {
    const first = await setup(['--yes', '--subject', SUBJECT]);
    expect(first).toMatchObject({
      exitCode: 0,
      status: 'done',
      ca: { state: 'present', subject: SUBJECT },
      app: { state: 'ready' },
    });
    expect(first.next).toMatch(/`skep profiles apply https?:\/\/[^/]+`/);
    expect(first.requests).toEqual([...READS, ...NEEDED.map(grantRequest), 'GET /health']);
    expect(states(first)).toEqual(Object.fromEntries(NEEDED.map((role) => [role, 'granted'])));
    expect(grantedRoles()).toEqual(NEEDED);

    const second = await setup(['--yes', '--subject', SUBJECT]);
    expect(second).toMatchObject({ exitCode: 0, status: 'unchanged', ca: { state: 'present' } });
    expect(second.requests).toEqual([...READS, 'GET /health']);
    expect(states(second)).toEqual(Object.fromEntries(NEEDED.map((role) => [role, 'present'])));
  });

  it('grants what the app does not need to nobody', async () => {
    await app.close();
    app = await startSimulatedApp(simulator, false);
    writeReady({ health: app.health });
    expect((await setup(['--yes', '--subject', SUBJECT])).exitCode).toBe(0);
    expect(grantedRoles()).toEqual(['scep_challenge_provider', 'Application.Read.All']);
  });

  it('takes a broader role for the ones that it includes, and reads lists in pages', async () => {
    await control(simulator, 'PATCH', `apps/${SEED_IDS.client}`, {
      roles: ['Directory.Read.All', 'scep_challenge_provider'],
    });
    await control(simulator, 'PATCH', 'switches', { graphPageSize: 1 });
    const run = await setup(['--yes', '--subject', SUBJECT]);
    expect(writes(run.requests)).toEqual([grantRequest('DeviceManagementManagedDevices.Read.All')]);
    expect(run.roles).toContainEqual(
      expect.objectContaining({ role: 'Application.Read.All', state: 'included', by: 'Directory.Read.All' }),
    );
  });

  it('says what an offline root takes when no name is given, and counts as not finished', async () => {
    const run = await setup(['--yes']);
    expect(run).toMatchObject({ exitCode: 3, status: 'incomplete', code: 'ERR_CA_MISSING' });
    expect(run.next).toContain('skep ca csr');
    expect(grantedRoles()).toEqual(NEEDED);
  });
});

describe('asking', () => {
  const run = (confirm?: (question: string) => Promise<boolean>, ...args: string[]) => {
    const microsoft = watchSimulator(simulator);
    return runSkep(['setup', '--wait', '0', '--subject', SUBJECT, ...args], {
      env: { SKEP_DATA_DIR: folder },
      fetch: microsoft.fetch,
      ...(confirm ? { confirm } : {}),
    }).then((result) => ({ ...result, requests: microsoft.take() }));
  };

  it('shows the plan first, and does nothing without a yes', async () => {
    let shown = '';
    const no = await run((question) => {
      shown = question;
      return Promise.resolve(false);
    });
    expect(shown).toBe('Do this?');
    expect(no).toMatchObject({ exitCode: 1, err: expect.stringContaining('Nothing was changed.') as string });
    expect(no.out).toMatch(/role {2}scep_challenge_provider +to be granted: asks Intune/);
    expect(no.out).toMatch(
      /CA {4}to be made: CN=Contoso Device CA, a root for 10 years, with the key skep-ca/,
    );
    expect(writes(no.requests)).toEqual([]);
  });

  it('where nobody sits it wants --yes', async () => {
    const nobody = await run();
    expect(nobody.exitCode).toBe(2);
    expect(nobody.err).toContain('--yes');
    expect(writes(nobody.requests)).toEqual([]);
  });

  it('--plan changes nothing', async () => {
    const plan = await run(undefined, '--plan');
    expect(plan.exitCode).toBe(0);
    expect(plan.requests).toEqual(READS);
    expect(plan.out).toContain('Next: run it again without --plan.');
    expect(grantedRoles()).toEqual([]);
  });

  it('a yes is enough', async () => {
    const yes = await run(() => Promise.resolve(true));
    expect(yes.exitCode).toBe(0);
    expect(yes.out).toContain('Intune accepts this app. Devices and users can be looked up.');
    expect((await run(undefined, '--plan')).out).toContain('Next: nothing: every role is granted.');
  });
});

describe('half-way', () => {
  it('a lost connection ends it, and the next run does the rest', async () => {
    let grants = 0;
    const broken = await setup(['--yes', '--subject', SUBJECT], (line) => {
      if (!line.startsWith('POST /v1.0/') || ++grants !== 3) return;
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
      });
    });
    expect(broken).toMatchObject({ exitCode: 1, code: 'ERR_GRAPH_UNAVAILABLE' });
    expect(grantedRoles()).toEqual(NEEDED.slice(0, 2));

    const again = await setup(['--yes', '--subject', SUBJECT]);
    expect(again).toMatchObject({ exitCode: 0, status: 'done' });
    expect(writes(again.requests)).toEqual(NEEDED.slice(2).map(grantRequest));
  });

  it('a grant whose answer was lost is not made twice', async () => {
    let laid = false;
    const run = await setup(['--yes', '--subject', SUBJECT], (line) => {
      if (laid || !line.startsWith('POST /v1.0/')) return;
      laid = true;
      simulator.faults.add({
        kind: 'status',
        status: 503,
        endpoint: 'appRoleAssignments',
        when: 'after',
        count: 1,
      });
    });
    // Graph turned the request away, so it said; it is sent again, and the refusal of the second one looked into.
    expect(run).toMatchObject({ exitCode: 0, status: 'done' });
    expect(grantedRoles()).toEqual(NEEDED);
    expect(writes(run.requests).filter((line) => line === grantRequest(NEEDED[0]))).toHaveLength(2);
  });

  it('somebody else who is faster does no harm', async () => {
    const run = await setup(['--yes', '--subject', SUBJECT], (line) => {
      const identity = simulator.state.apps.get(SEED_IDS.client);
      if (line === grantRequest('Application.Read.All') && identity)
        identity.roles = [...identity.roles, 'Application.Read.All'];
    });
    expect(run).toMatchObject({ exitCode: 0, status: 'done' });
    expect([...grantedRoles()].sort()).toEqual([...NEEDED].sort());
  });
});

describe('somebody who may not grant', () => {
  const permit = (...permissions: string[]) =>
    control(simulator, 'PATCH', `administrators/${SEED_IDS.administrator}`, { permissions });
  const file = () => join(folder, 'hand over.md');
  beforeEach(() => permit('Application.Read.All'));

  it('gets a file that somebody else runs with skep; the CA is made all the same', async () => {
    const run = await setup(['--yes', '--subject', SUBJECT, '--handover', file()]);
    expect(run).toMatchObject({
      exitCode: 3,
      status: 'incomplete',
      code: 'ERR_HANDED_OVER',
      handover: file(),
      ca: { state: 'present' },
    });
    expect(writes(run.requests)).toEqual([grantRequest(NEEDED[0])]);
    expect(grantedRoles()).toEqual([]);
    const text = readFileSync(file(), 'utf8');
    for (const role of NEEDED) expect(text).toContain(`| \`${role}\` |`);

    await permit('Application.Read.All', 'AppRoleAssignment.ReadWrite.All');
    const other = await setup(['--yes', '--from', file()]);
    expect(other).toMatchObject({ exitCode: 0, status: 'done', ca: { state: 'unknown' } });
    expect(writes(other.requests)).toEqual(NEEDED.map(grantRequest));
    expect(grantedRoles()).toEqual(NEEDED);
    expect(await setup(['--yes', '--subject', SUBJECT])).toMatchObject({ exitCode: 0, status: 'unchanged' });
  });

  it('gets commands for Azure CLI that are complete', async () => {
    await setup(['--yes', '--subject', SUBJECT, '--handover', file()]);
    const commands = /## With Azure CLI.*?```sh\n(.*?)```/s.exec(readFileSync(file(), 'utf8'))?.[1] ?? '';
    await permit('Application.Read.All', 'AppRoleAssignment.ReadWrite.All');
    const calls = runWithFakeAzureCli(commands);
    expect(calls.map(({ url }) => url)).toEqual(
      NEEDED.map((role) => {
        const owner = role === 'scep_challenge_provider' ? INTUNE_API : GRAPH_API;
        return `${simulator.url}${PRINCIPALS}/${owner}/appRoleAssignedTo`;
      }),
    );
    expect(calls.map(({ body }) => body)).toEqual(
      NEEDED.map((role) => JSON.parse(grantRequest(role).replace(/^.*? \{/, '{')) as unknown),
    );
  });

  it('gets the text where no file is named', async () => {
    const run = await setup(['--yes', '--subject', SUBJECT]);
    expect(run.exitCode).toBe(3);
    expect(run.handover).toContain('# App roles for Skep');
  });

  it('gets it even where nothing may be read', async () => {
    await permit('User.Read');
    writeReady({ identity: SEED_IDS.clientObject });
    const without = await setup(['--yes', '--subject', SUBJECT]);
    expect(without).toMatchObject({ exitCode: 1, code: 'ERR_GRAPH_FORBIDDEN' });
    const run = await setup(['--yes', '--subject', SUBJECT, '--handover', file()]);
    expect(run).toMatchObject({ exitCode: 3, code: 'ERR_HANDED_OVER' });
    expect(readFileSync(file(), 'utf8')).toContain(SEED_IDS.clientObject);
  });

  it('hands over roles of Skep’s alone: a file that was changed meanwhile is refused', async () => {
    await setup(['--yes', '--subject', SUBJECT, '--handover', file()]);
    const text = readFileSync(file(), 'utf8');
    writeFileSync(file(), text.replace('"Application.Read.All"', '"RoleManagement.ReadWrite.Directory"'));
    await permit('Application.Read.All', 'AppRoleAssignment.ReadWrite.All');
    const run = await setup(['--yes', '--from', file()]);
    expect(run).toMatchObject({ exitCode: 2, code: 'ERR_USAGE', requests: [] });
    expect(run.message).toContain('RoleManagement.ReadWrite.Directory');
  });

  /** An `az` that knows the tenant, and writes down what it is asked to send. */
  function runWithFakeAzureCli(commands: string): { url: string; body: unknown }[] {
    const log = join(folder, 'az.log');
    const principals = {
      [SEED_IDS.clientObject]: { id: SEED_IDS.clientObject },
      'c161e42e-d4df-4a3d-9b42-e7a3c31f59d4': { id: INTUNE_API },
      '00000003-0000-0000-c000-000000000000': { id: GRAPH_API },
    };
    const roles = Object.fromEntries(NEEDED.map((role) => [role, roleIdOf(role)]));
    writeFileSync(
      join(folder, 'az'),
      `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const [first, second, third, ...rest] = process.argv.slice(2);
const option = (name) => rest[rest.indexOf(name) + 1] ?? process.exit(9);
if (first === 'login') process.exit(0);
if (first === 'rest') {
  rest.unshift(second, third);
  if (option('--method') !== 'POST' || option('--headers') !== 'Content-Type=application/json') process.exit(8);
  appendFileSync(${JSON.stringify(log)}, JSON.stringify({ url: option('--url'), body: JSON.parse(option('--body')) }) + '\\n');
} else {
  if ([first, second, third].join(' ') !== 'ad sp show') process.exit(7);
  const principal = ${JSON.stringify(principals)}[option('--id')] ?? process.exit(6);
  const query = option('--query');
  const role = /^appRoles\\[\\?value=='(.+)'\\]\\.id \\| \\[0\\]$/.exec(query)?.[1];
  console.log(role ? ${JSON.stringify(roles)}[role] : principal[query]);
}
`,
      { mode: 0o755 },
    );
    execFileSync('sh', ['-eu', '-c', commands], { env: { PATH: `${folder}:/usr/bin:/bin` } });
    return readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { url: string; body: unknown });
  }
});

describe('waiting', () => {
  it('says honestly that the token lacks the roles, and that this is no failure', async () => {
    // The app asked for its token before it was granted anything, and Azure keeps it.
    await fetch(app.health);
    await control(simulator, 'PATCH', 'switches', { staleRoles: true });
    const run = await setup(['--yes', '--subject', SUBJECT]);
    expect(run).toMatchObject({
      exitCode: 3,
      status: 'incomplete',
      code: 'ERR_ROLES_PENDING',
      app: { state: 'pending' },
    });
    expect(run.message).toContain('Intune does not accept this app yet.');
    expect(run.next).toContain('24 hours');
    expect(grantedRoles()).toEqual(NEEDED);

    await control(simulator, 'POST', 'clock', { advance: 'PT25H' });
    expect(await setup(['--yes', '--subject', SUBJECT])).toMatchObject({
      exitCode: 0,
      status: 'unchanged',
      app: { state: 'ready' },
    });
  });

  it('says that the app does not answer', async () => {
    writeReady({ health: 'http://127.0.0.1:1/health' });
    const run = await setup(['--yes', '--subject', SUBJECT]);
    expect(run).toMatchObject({ exitCode: 3, code: 'ERR_APP_SILENT' });
    expect(grantedRoles()).toEqual(['scep_challenge_provider', 'Application.Read.All']);
  });
});

describe('what is not there', () => {
  it('a tenant without Intune', async () => {
    await control(simulator, 'PATCH', 'switches', {
      omitServicePrincipals: ['c161e42e-d4df-4a3d-9b42-e7a3c31f59d4'],
    });
    expect(await setup(['--yes'])).toMatchObject({ exitCode: 1, code: 'ERR_API_UNKNOWN' });
  });

  it('an identity, by id and by name; two of one name are too many', async () => {
    const named = (name: string) => setup(['--yes', '--graph-url', simulator.url, '--identity', name]);
    expect(await named(SEED_IDS.device)).toMatchObject({ exitCode: 1, code: 'ERR_IDENTITY_UNKNOWN' });
    expect(await named("nobody's")).toMatchObject({ exitCode: 1, code: 'ERR_IDENTITY_UNKNOWN' });
    await control(simulator, 'POST', 'apps', { displayName: 'skep-local' });
    expect(await named('skep-local')).toMatchObject({ exitCode: 1, code: 'ERR_IDENTITY_AMBIGUOUS' });
  });

  it('a vault that does not answer: the roles are granted, and the failure is said', async () => {
    writeReady({ vault: 'https://127.0.0.1:1' });
    const run = await setup(['--yes', '--subject', SUBJECT]);
    expect(run.exitCode).toBe(1);
    expect(run.code).toMatch(/^ERR_SIGNER_/);
    expect(grantedRoles()).toEqual(NEEDED);
  });
});
