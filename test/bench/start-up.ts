/**
 * @module Cold start: from the start of a process to its first answer, the packaged app (GetCACert) beside a function
 * that does nothing, both in the local Functions host, in turn, on one core.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { startAzurite } from '../../dev/azurite.js';
import { median } from './figures.js';
import { firstLine, startPinned, stop } from './processes.js';
import { temporaryFolder } from './peers.js';

export interface StartUpFigures {
  /** Milliseconds from the start of the process to the last octet of the first answer; medians. */
  readonly packagedMs: number;
  readonly trivialMs: number;
  /** Packaged by trivial: the median of the pairs. */
  readonly ratio: number;
  readonly starts: number;
}

interface HostedApp {
  readonly folder: string;
  /** Of the first request. */
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

const TRIVIAL = `
import { app } from '@azure/functions';
app.http('hello', { authLevel: 'anonymous', methods: ['GET'], handler: () => ({ body: 'hello' }) });
`;

/** Under out/, where a bundle finds the packages of this checkout. */
const FOLDER = resolve('out/bench');

export async function measureStartUp(starts: number, onStart: () => void): Promise<StartUpFigures> {
  const host = await buildHost();
  const azurite = await startAzurite();
  try {
    const packaged: HostedApp = {
      folder: makePackage(),
      path: '/static/pkiclient.exe?operation=GetCACert',
      environment: {
        SKEP_PUBLIC_URL: 'http://bench.test',
        SKEP_KEYS: 'file',
        SKEP_KEYS_FOLDER: join(temporaryFolder(), 'keys'),
        SKEP_STORAGE_CONNECTION: azurite.connectionString,
        SKEP_STATIC_CHALLENGE: 'secret123',
        SKEP_INTUNE: 'false',
      },
    };
    const trivial: HostedApp = { folder: await buildTrivialApp(), path: '/hello', environment: {} };
    // The first start makes the keys, and brings both into the page cache.
    await startOnce(host, packaged);
    await startOnce(host, trivial);
    const pairs: { readonly packagedMs: number; readonly trivialMs: number }[] = [];
    for (let i = 0; i < starts; i++) {
      pairs.push({
        packagedMs: await startOnce(host, packaged),
        trivialMs: await startOnce(host, trivial),
      });
      onStart();
    }
    return {
      packagedMs: median(pairs.map(({ packagedMs }) => packagedMs)),
      trivialMs: median(pairs.map(({ trivialMs }) => trivialMs)),
      ratio: median(pairs.map(({ packagedMs, trivialMs }) => packagedMs / trivialMs)),
      starts,
    };
  } finally {
    await azurite.close();
  }
}

async function startOnce(host: string, { folder, path, environment }: HostedApp): Promise<number> {
  const started = performance.now();
  const child = startPinned(process.execPath, [host, folder], environment);
  try {
    const url = await firstLine(child);
    const response = await fetch(url + path);
    await response.arrayBuffer();
    const elapsedMs = performance.now() - started;
    if (response.status !== 200) throw new Error(`${path} was answered HTTP ${response.status}`);
    return elapsedMs;
  } finally {
    await stop(child);
  }
}

async function buildHost(): Promise<string> {
  const outfile = join(FOLDER, 'host.mjs');
  await build({
    entryPoints: ['test/bench/host-process.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    outfile,
  });
  return outfile;
}

function makePackage(): string {
  const made = spawnSync(process.execPath, ['scripts/package.mjs', FOLDER], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the package was not made: ${made.stderr}`);
  return join(FOLDER, 'app');
}

/** Bundled as the deployable is. */
async function buildTrivialApp(): Promise<string> {
  const folder = join(FOLDER, 'trivial');
  mkdirSync(folder, { recursive: true });
  await build({
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@azure/functions-core'],
    logLevel: 'warning',
    stdin: { contents: TRIVIAL, resolveDir: '.', loader: 'ts' },
    outfile: join(folder, 'main.cjs'),
  });
  copyFileSync('host.json', join(folder, 'host.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'commonjs', main: 'main.cjs' }));
  return folder;
}
