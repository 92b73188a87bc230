/** @module certmonger on a message bus of its own, with a home of its own: no system bus, no root, nothing left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { runCommand, type CommandResult } from '../support/run-command.js';

/** Runs `getcert` with the arguments, and `-s` for the session's bus. */
export type Getcert = (command: string, ...args: readonly string[]) => Promise<CommandResult>;

/**
 * Lasts until the present test ends. The bus starts the daemon when it is first asked for.
 * @param folder for what certmonger keeps.
 */
export async function startCertmonger(folder: string): Promise<Getcert> {
  const home = join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    if (bus.exitCode !== null) return;
    const exit = once(bus, 'exit');
    bus.kill('SIGTERM');
    await exit;
  });
  const lines = createInterface(bus.stdout);
  const [address] = (await once(lines, 'line')) as [string];
  return (command, ...args) =>
    runCommand('getcert', [command, '-s', ...args], { env: { ...env, DBUS_SESSION_BUS_ADDRESS: address } });
}
