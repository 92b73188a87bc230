import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDeployment } from '../../../../cli/setup/deployment.js';
import type { Terminal } from '../../../../cli/terminal.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skep-deployment-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const terminal = (): Terminal => ({
  out: () => undefined,
  err: () => undefined,
  env: { SKEP_DATA_DIR: folder },
  colors: pc.createColors(false),
  fetch: () => Promise.reject(new Error('no network')),
});

const write = (name: string, text: string): string => {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const find = (raw: Parameters<typeof findDeployment>[0] = {}) => findDeployment(raw, terminal(), folder);

const OUTPUTS = {
  statusUrl: 'https://skep-x.azurewebsites.net/',
  identityPrincipalId: '5ce90000-0b1e-4000-8000-000000000001',
  vaultUrl: 'https://skep-x.vault.azure.net/',
  blobsUrl: 'https://skepdata.blob.core.windows.net/',
  tablesUrl: 'https://skepdata.table.core.windows.net/',
  caKeyName: 'skep-ca',
  scepMode: 'ra',
  intuneTenantId: '5ce90000-7e4a-4000-8000-000000000001',
};
const FOUND = {
  identity: OUTPUTS.identityPrincipalId,
  tenant: OUTPUTS.intuneTenantId,
  health: 'https://skep-x.azurewebsites.net/health',
  local: false,
  ca: {
    kind: 'vault',
    vault: OUTPUTS.vaultUrl,
    blobs: OUTPUTS.blobsUrl,
    tables: OUTPUTS.tablesUrl,
    key: 'skep-ca',
    mode: 'ra',
  },
};

const asEnv = (): string =>
  Object.entries(OUTPUTS)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('');

describe('outputs', () => {
  it('of Azure CLI, whose letters come in another case', () => {
    const outputs = Object.entries(OUTPUTS).map(([name, value]) => [
      name.toUpperCase(),
      { type: 'String', value },
    ]);
    const file = write('skep.json', JSON.stringify(Object.fromEntries(outputs)));
    expect(find({ outputs: file })).toEqual({ ...FOUND, source: file });
  });

  it('of azd: those of its default environment, or of the one that is named', () => {
    write('.azure/config.json', '{"version":1,"defaultEnvironment":"contoso"}');
    const contoso = write('.azure/contoso/.env', asEnv());
    const other = write('.azure/other/.env', asEnv());
    expect(find()).toEqual({ ...FOUND, source: contoso });
    expect(find({ env: 'other' })).toMatchObject({ source: other });
  });

  it('give way to options', () => {
    const file = write('skep.env', asEnv());
    expect(
      find({ outputs: file, identity: 'i', tenant: 'contoso.com', app: 'https://ca.contoso.com/x' }),
    ).toMatchObject({ identity: 'i', tenant: 'contoso.com', health: 'https://ca.contoso.com/health' });
  });
});

it('the local cloud stands before azd’s default environment, and behind what is named', () => {
  write('.azure/config.json', '{"defaultEnvironment":"contoso"}');
  write('.azure/contoso/.env', asEnv());
  write(
    'ready.json',
    JSON.stringify({
      scep: { intune: '', static: null },
      identity: 'client',
      health: 'http://127.0.0.1:1/health',
    }),
  );
  expect(find()).toEqual({
    source: 'the local cloud',
    identity: 'client',
    health: 'http://127.0.0.1:1/health',
    ca: { kind: 'files' },
    local: true,
  });
  expect(find({ env: 'contoso' })).toMatchObject({ local: false });
  expect(find({ identity: 'named' })).toEqual({
    source: 'the options',
    identity: 'named',
    ca: { kind: 'none' },
    local: false,
  });
});

it('a local cloud that was killed stands before nothing', () => {
  write('.azure/config.json', '{"defaultEnvironment":"contoso"}');
  write('.azure/contoso/.env', asEnv());
  const ready = {
    scep: { intune: '', static: null },
    identity: 'client',
    health: 'http://127.0.0.1:1/health',
  };
  const withProcess = (pid: number | undefined) =>
    write('ready.json', JSON.stringify({ ...ready, pids: [pid] }));
  withProcess(process.pid);
  expect(find()).toMatchObject({ local: true });
  withProcess(spawnSync(process.execPath, ['--version']).pid);
  expect(find()).toMatchObject({ local: false });
});

describe('is wrong usage', () => {
  const bad = (raw: Parameters<typeof findDeployment>[0]) => () => find(raw);
  it.each([
    ['nothing at all', () => ({})],
    ['an unknown environment', () => ({ env: 'nowhere' })],
    ['a file that is not there', () => ({ outputs: join(folder, 'nowhere') })],
    ['JSON of another kind', () => ({ outputs: write('x.json', '{"a":1}') })],
    ['no identity in the outputs', () => ({ outputs: write('x.env', 'a=b\n') })],
    ['an app over plain http', () => ({ identity: 'i', app: 'http://x.example' })],
    ['a tenant that would break out of a command', () => ({ identity: 'i', tenant: 'x; rm -rf' })],
  ])('%s', (_what, raw) => {
    expect(bad(raw())).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }) as Error);
  });
});
