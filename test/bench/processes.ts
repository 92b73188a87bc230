/** @module Servers under load: each pinned to the first core, its CPU time read from the kernel. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const SERVER_CORE = '0';
const CLIENT_CORE = '1';
/** For a server to answer for the first time. */
const START_MS = 30_000;

/** Leaves the first core to the servers. Needs two cores and util-linux. */
export function pinClient(): void {
  spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', CLIENT_CORE, String(process.pid)]);
}

export function startPinned(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn('taskset', ['--cpu-list', SERVER_CORE, command, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  });
}

/** Ends a server that this process started, and waits for its end. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** Its first line on stdout. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) return text.split('\n', 1)[0] ?? '';
  }
  throw new Error('the server ended before it was ready');
}

/** Waits until `attempt` resolves. */
export async function untilAnswers(attempt: () => Promise<unknown>): Promise<void> {
  const giveUpAt = performance.now() + START_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (cause) {
      if (performance.now() > giveUpAt) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Time that all threads of the process were on a core, in microseconds: the first field of the kernel's schedstat. */
export function cpuUs({ pid }: ChildProcess): number {
  const tasks = `/proc/${String(pid)}/task`;
  const nanoseconds = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ', 1)[0]),
  );
  return nanoseconds.reduce((sum, own) => sum + own, 0) / 1000;
}
