/** @module Azurite, Microsoft's storage emulator, as a child process: tables and blobs, up in half a second. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './project-root.js';

export interface AzuriteOptions {
  /** Where the data lies; made if missing. Unset: in memory, gone at the end. */
  readonly folder?: string;
  /** Default 0: a free one. */
  readonly blobPort?: number;
  /** Default 0: a free one. */
  readonly tablePort?: number;
}

export interface Azurite {
  /** `http://127.0.0.1:<port>/devstoreaccount1` */
  readonly tableUrl: string;
  readonly blobUrl: string;
  readonly connectionString: string;
  readonly pid: number;
  /**
   * Puts rows into a table, which is made if missing, past the wire and its checks: for amounts that would take the wire
   * minutes. No row may be there before.
   */
  fill(table: string, batches: Iterable<readonly TableRow[]>): Promise<void>;
  /** Writes its data to the folder and ends; safe to call twice. */
  close(): Promise<void>;
}

/** Columns as they go over the wire: times and octets are text, with `…@odata.type` beside them. */
export type TableRow = Readonly<Record<string, string>> & {
  readonly PartitionKey: string;
  readonly RowKey: string;
};

/** Azurite's own account, the same everywhere and public: it protects nothing. */
const ACCOUNT = 'devstoreaccount1';
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const START_LIMIT_MS = 60_000;
const CLOSE_LIMIT_MS = 10_000;

/** Resolves when both services listen. It ends with this process, however this process ends. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const { folder = '', blobPort = 0, tablePort = 0 } = options;
  if (folder !== '') await mkdir(folder, { recursive: true });
  const child = fork(
    join(projectRoot(), 'scripts', 'azurite.mjs'),
    [folder, String(blobPort), String(tablePort)],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    },
  );
  const ports = await waitForPorts(child);
  child.unref();
  child.channel?.unref();

  const tableUrl = `http://127.0.0.1:${ports.tablePort}/${ACCOUNT}`;
  const blobUrl = `http://127.0.0.1:${ports.blobPort}/${ACCOUNT}`;
  return {
    tableUrl,
    blobUrl,
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${ACCOUNT}`,
      `AccountKey=${ACCOUNT_KEY}`,
      `BlobEndpoint=${blobUrl}`,
      `TableEndpoint=${tableUrl}`,
    ].join(';'),
    pid: child.pid ?? 0,
    fill: (table, batches) => fill(child, table, batches),
    close: () => end(child),
  };
}

interface Ports {
  readonly blobPort: number;
  readonly tablePort: number;
}

async function waitForPorts(child: ChildProcess): Promise<Ports> {
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const exited = once(child, 'exit', { signal: limit }).then(([code]) => {
    throw new Error(`Azurite ended with code ${String(code)} before it answered`);
  });
  try {
    const [ports] = (await Promise.race([once(child, 'message', { signal: limit }), exited])) as [Ports];
    return ports;
  } catch (thrown) {
    child.kill('SIGKILL');
    throw thrown;
  } finally {
    exited.catch(() => undefined);
  }
}

async function fill(
  child: ChildProcess,
  table: string,
  batches: Iterable<readonly TableRow[]>,
): Promise<void> {
  const send = async (rows: readonly TableRow[], last: boolean): Promise<void> => {
    const filled = once(child, 'message');
    child.send({ table, rows, last });
    await filled;
  };
  const ended = once(child, 'exit').then(() => {
    throw new Error(`Azurite ended while ${table} was filled`);
  });
  ended.catch(() => undefined);
  child.channel?.ref();
  try {
    for (const batch of batches) await Promise.race([send(batch, false), ended]);
    await Promise.race([send([], true), ended]);
  } finally {
    child.channel?.unref();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.ref();
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), CLOSE_LIMIT_MS);
  await exited;
  clearTimeout(impatience);
}
