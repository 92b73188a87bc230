/**
 * @module The app's host in a process of its own. Node.js accepts one connection in each turn of its event loop: beside an
 * overloaded app the Intune simulator would keep the app waiting until it gives up, which the real Intune does not.
 */
import { fork } from 'node:child_process';
import type { LocalHostOptions } from '../../dev/host/host.js';
import type { StartedHost } from '../../dev/local-cloud.js';
import { projectRoot } from '../../dev/project-root.js';
import { buildHost } from '../bench/packaged-app.js';
import { firstLine, stop } from '../bench/processes.js';

/** It ends with this process, however this process ends. What it logs as an error goes to the standard error output. */
export async function startHostProcess(options: LocalHostOptions): Promise<StartedHost> {
  // package.json of a checkout names the bundle as a package's does.
  const appDir = 'appDir' in options ? options.appDir : projectRoot();
  const child = fork(await buildHost(), [appDir, String(options.port)], {
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    const url = await firstLine(child);
    return {
      url,
      invokeTimer: async (name) => {
        const { status } = await fetch(`${url}/admin/functions/${name}`, { method: 'POST' });
        if (status !== 202) throw new Error(`the timer ${name} was not started: HTTP ${status}`);
      },
      close: () => stop(child),
    };
  } catch (thrown) {
    await stop(child);
    throw thrown;
  }
}
