/** @module The whole local cloud for a test, as `npm start` runs it: a process of its own, on free ports, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { readReady, type Ready } from '../../dev/local-cloud.js';
import { projectRoot } from '../../dev/project-root.js';
import type { VaultState } from '../../dev/vault/state.js';
import { pem } from './openssl.js';

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;
const ATTEMPTS = 3;

export interface LocalCloudProcess {
  readonly ready: Ready;
  /** Keys, tables and ready.json; removed by {@link stop}. */
  readonly dataDir: string;
  /** Holds ca.pem and, in RA mode, ra.pem. */
  readonly keysDir: string;
  readonly pid: number;
  /** Everything it has printed so far. */
  log(): string;
  /**
   * Sends SIGTERM.
   * @throws {Error} when it does not end well, or leaves a process of its own behind.
   */
  stop(): Promise<void>;
}

/**
 * Settings of the test's own environment count too: with SKEP_KEYS=vault the keys are in the vault simulator.
 * @param environment settings beside ports and folder, e.g. SKEP_STATIC_CHALLENGE.
 * @throws {Error} with what it printed, when it does not come up.
 */
export async function startLocalCloudProcess(
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalCloudProcess> {
  const program = join(projectRoot(), 'dist', 'dev', 'start.js');
  if (!existsSync(program)) throw new Error(`${program} is missing: run npm run build first`);
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptStart(program, environment);
    } catch (thrown) {
      // Between finding a free port and listening there, somebody else may have taken it.
      if (attempt === ATTEMPTS || !String(thrown).includes('EADDRINUSE')) throw thrown;
    }
  }
}

/** One local cloud for the tests of a file or of a `describe`; to be asked for within tests and hooks only. */
export function useLocalCloud(environment: Readonly<Record<string, string>> = {}): () => LocalCloudProcess {
  let cloud: LocalCloudProcess | undefined;
  beforeAll(async () => {
    cloud = await startLocalCloudProcess(environment);
  });
  afterAll(() => cloud?.stop());
  return () => {
    if (!cloud) throw new Error('the local cloud is not up yet: ask within a test or a hook');
    return cloud;
  };
}

async function attemptStart(
  program: string,
  environment: Readonly<Record<string, string>>,
): Promise<LocalCloudProcess> {
  const [port, simulatorPort] = await freePorts();
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-cloud-'));
  const child = spawn(process.execPath, [program], {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      SKEP_PORT: String(port),
      SKEP_SIM_PORT: String(simulatorPort),
      SKEP_DATA_DIR: dataDir,
      ...environment,
    },
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  }
  const log = () => chunks.join('');
  const stop = async (): Promise<void> => {
    process.removeListener('exit', endWithUs);
    try {
      await end(child, log);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  };
  try {
    await becomesReady(child, dataDir, log);
    const ready = await readReady(dataDir);
    const keysDir = join(dataDir, 'keys');
    if (ready.vault !== null) await saveVaultCertificates(ready, dataDir, keysDir);
    return {
      ready,
      dataDir,
      keysDir,
      pid: child.pid ?? 0,
      log,
      async stop() {
        await stop();
        const left = ready.pids.filter(isAlive);
        if (left.length > 0) throw new Error(`the local cloud left processes behind: ${left.join(', ')}`);
      },
    };
  } catch (thrown) {
    child.kill('SIGKILL');
    process.removeListener('exit', endWithUs);
    await rm(dataDir, { recursive: true, force: true });
    throw thrown;
  }
}

/** What a folder of key files would hold: the CA certificate as it is published, the RA's as the vault has it. */
async function saveVaultCertificates(ready: Ready, dataDir: string, keysDir: string): Promise<void> {
  await mkdir(keysDir);
  await writeFile(join(keysDir, 'ca.pem'), await (await fetch(ready.ca)).text());
  const state = JSON.parse(await readFile(join(dataDir, 'vault.json'), 'utf8')) as VaultState;
  const [ra] = state.certificates['skep-ra']?.at(-1)?.certificates ?? [];
  if (ra !== undefined) await writeFile(join(keysDir, 'ra.pem'), pem(Buffer.from(ra, 'base64')));
}

async function becomesReady(child: ChildProcess, dataDir: string, log: () => string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!existsSync(join(dataDir, 'ready.json'))) {
    if (hasEnded(child)) throw new Error(`the local cloud ended before it was ready:\n${log()}`);
    if (performance.now() > deadline) throw new Error(`the local cloud is not ready in time:\n${log()}`);
    await delay(50);
  }
}

async function end(child: ChildProcess, log: () => string): Promise<void> {
  if (!hasEnded(child)) {
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    child.kill('SIGTERM');
    await exit.catch((cause: unknown) => {
      child.kill('SIGKILL');
      throw new Error(`SIGTERM did not end the local cloud in time:\n${log()}`, { cause });
    });
  }
  if (child.exitCode !== 0) {
    throw new Error(`the local cloud ended with ${child.exitCode ?? child.signalCode ?? '?'}:\n${log()}`);
  }
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Both are held until both are known, so that they differ. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const;
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const ports = servers.map((server) => (server.address() as AddressInfo).port) as [number, number];
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
