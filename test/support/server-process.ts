/**
 * @module The deployable, freshly built, as a process that a test can kill, start again, and move in time. What it
 * does is what the deployed code does: only its clock and its host are ours.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'rolldown';
import { projectRoot } from '../../dev/project-root.js';
import { loadBundler } from './bundler.js';
import type {
  ServerMainOptions,
  ServerMemory,
  ServerOrder,
  ServerReport,
  ServerWish,
} from './server-main.js';

export interface ServerProcess {
  /** Without a slash at its end; the same for the whole life, restarts included. */
  readonly url: string;
  /** How far its clock is ahead of the system's. */
  readonly aheadMs: number;
  /** What it has logged, the latest 500 lines. */
  readonly log: readonly string[];
  /** Moves its clock and rings what is due. A process that is down wakes up later. */
  moveTime(byMs: number): Promise<void>;
  /** Runs a timer function to its end, after a run that is under way. */
  runTimer(name: string): Promise<void>;
  measureMemory(): Promise<ServerMemory>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** @param environment replaces the settings; default: the same again. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

const START_LIMIT_MS = 120_000;
const LOG_LINES = 500;

/**
 * Builds, then starts.
 * @param describe the settings of the app, given the address that it will have.
 * @param onLine hears of each line of its log.
 */
export async function startServerProcess(
  describe: (url: string) => Readonly<Record<string, string>>,
  port: number,
  onLine: (line: string) => void = () => undefined,
): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'skep-server-'));
  const program = await buildServer(folder);
  const url = `http://127.0.0.1:${port}`;
  const log: string[] = [];
  let environment = describe(url);
  let child: ChildProcess | undefined;
  let aheadMs = 0;
  let orders = 0;

  function launch(): ChildProcess {
    const options: ServerMainOptions = { ...program.options, port, aheadMs, environment };
    const started = fork(program.main, [JSON.stringify(options)], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--enable-source-maps'],
    });
    for (const stream of [started.stdout, started.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        onLine(line);
        log.push(line);
        if (log.length > LOG_LINES) log.shift();
      });
    }
    return started;
  }

  async function start(next = environment): Promise<void> {
    environment = next;
    child = launch();
    const limit = AbortSignal.timeout(START_LIMIT_MS);
    const exited = once(child, 'exit', { signal: limit }).then(() => {
      throw new Error(`the server did not start:\n${log.join('\n')}`);
    });
    exited.catch(() => undefined);
    await Promise.race([once(child, 'message', { signal: limit }), exited]);
  }

  async function order(what: ServerWish): Promise<ServerMemory | undefined> {
    const receiver = child;
    if (!receiver) return undefined;
    const id = ++orders;
    const done = new Promise<ServerMemory | undefined>((resolve, reject) => {
      const settle = (failure?: string, memory?: ServerMemory): void => {
        receiver.off('message', hear).off('exit', end);
        if (failure === undefined) resolve(memory);
        else reject(new Error(`${JSON.stringify(what)}: ${failure}`));
      };
      const hear = (report: ServerReport): void => {
        if ('id' in report && report.id === id) settle(report.failure, report.memory);
      };
      const end = (): void => {
        settle('the server ended');
      };
      receiver.on('message', hear).once('exit', end);
    });
    const message: ServerOrder = { id, ...what };
    receiver.send(message);
    return done;
  }

  async function stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill(signal);
    await exited;
  }

  await start();
  return {
    url,
    get aheadMs() {
      return aheadMs;
    },
    log,
    async moveTime(byMs) {
      aheadMs += byMs;
      await order({ moveMs: byMs });
    },
    async runTimer(name) {
      await order({ timer: name });
    },
    async measureMemory() {
      const memory = await order({ measure: 'memory' });
      if (!memory) throw new Error('the server is down');
      return memory;
    },
    kill: () => stop('SIGKILL'),
    start,
    async close() {
      await stop('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function buildServer(folder: string) {
  const root = projectRoot();
  const main = join(folder, 'server.mjs');
  const { bundleFunctions } = await loadBundler();
  await Promise.all([
    bundleFunctions(folder),
    build({
      cwd: root,
      input: 'test/support/server-main.ts',
      platform: 'node',
      output: { file: main, format: 'es', sourcemap: true },
    }),
  ]);
  return { main, options: { bundle: join(folder, 'main.cjs'), hostJson: join(root, 'host.json') } };
}
