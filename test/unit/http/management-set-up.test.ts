/** The commands of docs/management-api.md, run with a stand-in for Azure CLI: what they make is what the code checks. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READ_ROLE, REVOKE_ROLE } from '../../../lib/http/manage.js';
import { runCommand } from '../../support/run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-set-up-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Call {
  /** Without options. */
  readonly command: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Writes down what it is asked, files in place of `@file`, and answers ids. */
const AZ = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const words = process.argv.slice(2);
const at = words.findIndex((word) => word.startsWith('--'));
const options = {};
for (let i = at; at >= 0 && i < words.length; i += 2) {
  const value = words[i + 1] ?? '';
  if (words[i] === '--allow-no-subscriptions') i--;
  options[words[i].slice(2)] = value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value;
}
const command = words.slice(0, at < 0 ? undefined : at).join(' ');
appendFileSync('calls', JSON.stringify({ command, options }) + '\\n');
const answers = { 'ad app create': 'client-1', 'ad app show': 'object-1', 'ad signed-in-user show': 'me', 'ad user show': 'ada' };
if (command === 'ad sp show') console.log(options.query === 'id' ? 'sp-' + options.id : /value=='(.*)'/.exec(options.query ?? '')?.[1] ?? '');
else if (answers[command]) console.log(answers[command]);
`;

let calls: Call[];
const bodiesTo = (end: string) =>
  calls
    .filter(({ command, options }) => command === 'rest' && options['url']?.endsWith(end))
    .map(({ options }) => JSON.parse(options['body'] ?? '') as unknown);

beforeAll(async () => {
  const page = readFileSync('docs/management-api.md', 'utf8');
  const section = page.slice(page.indexOf('## Set up'), page.indexOf('### 3.'));
  const commands = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? '');
  writeFileSync(join(folder, 'az'), AZ, { mode: 0o755 });
  const script = commands.join('\n').replace(/<client id of [^>]*>/, 'client-2');
  const ran = await runCommand('sh', ['-eu', '-c', script], {
    cwd: folder,
    env: { PATH: `${folder}:/usr/bin:/bin` },
  });
  expect(ran).toMatchObject({ status: 0 });
  expect(ran.stdout).toContain('SKEP_API_AUDIENCE is client-1');
  calls = readFileSync(join(folder, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Call);
});

describe('the app registration', () => {
  it('owns the roles that the management functions demand, for people and for apps', () => {
    const created = calls.find(({ command }) => command === 'ad app create');
    expect(created?.options['sign-in-audience']).toBe('AzureADMyOrg');
    const roles = JSON.parse(created?.options['app-roles'] ?? '') as { id: string; value: string }[];
    expect(roles).toMatchObject(
      [READ_ROLE, REVOKE_ROLE].map((value) => ({
        value,
        isEnabled: true,
        allowedMemberTypes: ['User', 'Application'],
      })),
    );
    expect(new Set(roles.map(({ id }) => id)).size).toBe(2);
  });

  it('has tokens of version 2, whose audience is the client id, and lets Azure CLI ask for them', () => {
    const id = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
    const bodies = bodiesTo('/applications/object-1') as {
      api: { oauth2PermissionScopes: { id: string }[] };
    }[];
    const [scope] = bodies[1]?.api.oauth2PermissionScopes ?? [];
    expect(bodies.map(({ api }) => api)).toMatchObject([
      { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ id }], preAuthorizedApplications: [] },
      {
        requestedAccessTokenVersion: 2,
        oauth2PermissionScopes: [{ id }],
        preAuthorizedApplications: [
          { appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', delegatedPermissionIds: [scope?.id] },
        ],
      },
    ]);
  });

  it('is for nobody without a role, and the roles are granted as they are named', () => {
    expect(calls).toContainEqual({
      command: 'ad sp update',
      options: { id: 'client-1', set: 'appRoleAssignmentRequired=true' },
    });
    const grant = (principalId: string, appRoleId: string) => ({
      principalId,
      resourceId: 'sp-client-1',
      appRoleId,
    });
    expect(bodiesTo('/servicePrincipals/sp-client-1/appRoleAssignedTo')).toEqual([
      grant('me', READ_ROLE),
      grant('me', REVOKE_ROLE),
      grant('ada', READ_ROLE),
      grant('sp-client-2', READ_ROLE),
    ]);
  });
});
