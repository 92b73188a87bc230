/**
 * @module Cold start: from the start of a process to its first answer, the packaged app (GetCACert) beside a function
 * that does nothing, both in the local Functions host, in turn, on one core.
 */
import { join } from 'node:path';
import { startAzurite } from '../../dev/azurite.js';
import { median } from './figures.js';
import { buildHost, buildTrivialApp, makePackage } from './packaged-app.js';
import { temporaryFolder } from './peers.js';
import { firstLine, startPinned, stop } from './processes.js';

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
