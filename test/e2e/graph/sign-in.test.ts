/** How a command gets a token for Graph, with the sign-in library and a simulated Entra. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openGraph, type RawGraphOptions } from '../../../cli/graph/access.js';
import { CliError, type Terminal } from '../../../cli/terminal.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { control } from '../../support/intune-simulator.js';
import { watchSimulator } from '../../support/simulated-microsoft.js';

let simulator: IntuneSimulator;
let folder: string;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await control(simulator, 'POST', 'reset');
  folder = mkdtempSync(join(tmpdir(), 'skep-sign-in-'));
  // Azure CLI of the machine is none of our business.
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const PERMISSIONS = ['Application.Read.All', 'AppRoleAssignment.ReadWrite.All'];
const ENTRA_DEVICE = `devices/${SEED_IDS.deviceEntra}`;

function setUp(raw: RawGraphOptions, onPrompt: (code: string) => void = () => undefined) {
  const microsoft = watchSimulator(simulator);
  let err = '';
  const terminal: Terminal = {
    out: () => undefined,
    err(text) {
      err += text;
      const code = /code ([A-Z0-9]{9})/.exec(text)?.[1];
      if (code) onPrompt(code);
    },
    env: { SKEP_DATA_DIR: folder },
    colors: pc.createColors(false),
    fetch: microsoft.fetch,
  };
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const graph = openGraph(raw, { local: true, permissions: PERMISSIONS, note }, terminal);
  return { graph, microsoft, notes, said: () => err };
}

const decide = (code: string, administratorId: string | null) =>
  control(simulator, 'POST', `device-codes/${code}`, { administratorId });

const byCode = (): RawGraphOptions => ({
  graphUrl: simulator.url,
  authority: simulator.url.replace('http:', 'https:'),
  tenant: SEED_IDS.tenant,
});

async function failure(work: Promise<unknown>): Promise<CliError> {
  const thrown: unknown = await work.catch((reason: unknown) => reason);
  if (!(thrown instanceof CliError)) throw new Error('it did not fail as commands do');
  return thrown;
}

describe('in the local cloud', () => {
  it('the simulator’s administrator is signed in without a question', async () => {
    writeFileSync(
      join(folder, 'ready.json'),
      JSON.stringify({ scep: { intune: 'http://x', static: null }, intune: simulator.url }),
    );
    const { graph, microsoft, said } = setUp({});
    // Known to the simulator, and not for this person: who asks is what matters here.
    expect(await failure(graph.get(ENTRA_DEVICE))).toMatchObject({ code: 'ERR_GRAPH_FORBIDDEN' });
    expect(microsoft.take()).toEqual([
      'GET /_sim/settings',
      `POST /${SEED_IDS.tenant}/oauth2/v2.0/token`,
      `GET /v1.0/${ENTRA_DEVICE}`,
    ]);
    expect(said()).toBe('');
  });

  it('says so when there is none', () => {
    expect(() => setUp({})).toThrow(expect.objectContaining({ code: 'ERR_NOT_RUNNING' }) as Error);
  });
});

describe('by a code', () => {
  it('a person signs in once, and the token carries what was asked for', async () => {
    const { graph, microsoft, said } = setUp(byCode(), (code) => void decide(code, SEED_IDS.administrator));
    const thrown = await failure(graph.get(ENTRA_DEVICE));
    expect(thrown.message).toContain(`permissions of the token: ${PERMISSIONS.join(' ')};`);
    await failure(graph.get(ENTRA_DEVICE));
    expect(said()).toMatch(/^Sign in: To sign in, open https:.* and enter the code [A-Z0-9]{9}\.\n$/);
    const paths = microsoft.take().map((line) => line.replace(/\?.*/s, ''));
    expect(paths.filter((line) => line.endsWith('/devicecode'))).toHaveLength(1);
    expect(paths.slice(-2)).toEqual([`GET /v1.0/${ENTRA_DEVICE}`, `GET /v1.0/${ENTRA_DEVICE}`]);
  });

  it('a person declines', async () => {
    const { graph } = setUp(byCode(), (code) => void decide(code, null));
    expect(await failure(graph.get(ENTRA_DEVICE))).toMatchObject({
      code: 'ERR_SIGN_IN',
      message: expect.stringContaining('AADSTS65004') as string,
    });
  });

  it('a person has not the permission, and Entra’s word for it is repeated', async () => {
    await control(simulator, 'PATCH', `administrators/${SEED_IDS.administrator}`, {
      permissions: ['Application.Read.All'],
    });
    const { graph } = setUp(byCode(), (code) => void decide(code, SEED_IDS.administrator));
    expect((await failure(graph.get(ENTRA_DEVICE))).message).toContain('AADSTS65001');
  });
});

describe('by Azure CLI', () => {
  /** An `az` that hands out a token with these permissions. */
  function installAzureCli(permissions: string): void {
    const token = `e30.${Buffer.from(JSON.stringify({ scp: permissions })).toString('base64url')}.x`;
    const answer = JSON.stringify({ accessToken: token, expires_on: 4_102_444_800, expiresOn: '2100-01-01' });
    writeFileSync(join(folder, 'az'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
  }

  it('its token is taken when it carries what is needed, and nobody is asked', async () => {
    installAzureCli('openid Directory.AccessAsUser.All');
    const asked: string[] = [];
    const terminal = offline((line) => asked.push(line));
    const graph = openGraph({}, { local: false, permissions: PERMISSIONS, note: () => undefined }, terminal);
    await graph.get(ENTRA_DEVICE).catch(() => undefined);
    expect(asked[0]).toBe(`https://graph.microsoft.com/v1.0/${ENTRA_DEVICE}`);
  });

  it('its token is left when it does not', async () => {
    installAzureCli('openid User.Read');
    const asked: string[] = [];
    const notes: string[] = [];
    const terminal = offline((line) => asked.push(line));
    const wishes = { local: false, permissions: PERMISSIONS, note: (text: string) => notes.push(text) };
    await failure(openGraph({}, wishes, terminal).get(ENTRA_DEVICE));
    expect(notes[0]).toContain('Azure CLI');
    expect(asked.every((url) => url.startsWith('https://login.microsoftonline.com/'))).toBe(true);
  });

  const offline = (onRequest: (url: string) => void): Terminal => ({
    out: () => undefined,
    err: () => undefined,
    env: {},
    colors: pc.createColors(false),
    fetch(url) {
      onRequest(url);
      return Promise.resolve(new Response('{}', { status: 404 }));
    },
  });
});

describe('options', () => {
  it.each<[string, RawGraphOptions]>([
    ['plain http', { graphUrl: 'http://graph.microsoft.com' }],
    ['another host', { graphUrl: 'https://graph.microsoft.com.example' }],
    [
      'an authority that is no https address',
      { graphUrl: 'https://graph.microsoft.us', authority: 'http://login.microsoftonline.us' },
    ],
    [
      'a token of Microsoft’s for a simulator',
      { graphUrl: 'http://127.0.0.1:1', authority: 'https://login.microsoftonline.com' },
    ],
  ])('%s is wrong usage', (_what, raw) => {
    expect(() => setUp(raw)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }) as Error);
  });
});
