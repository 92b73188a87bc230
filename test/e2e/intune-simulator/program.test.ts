import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { projectRoot } from '../../../dev/project-root.js';
import { loadBundler } from '../../support/bundler.js';

// Inside of the checkout, so that the program finds its packages.
const PROGRAM = join(projectRoot(), 'node_modules', '.cache', 'skep-test', 'simulator.js');

beforeAll(async () => {
  await (await loadBundler()).bundleTool('dev/simulator.ts', PROGRAM);
});

const start = (...options: string[]) =>
  spawn(process.execPath, [PROGRAM, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });

describe('the simulator program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('prints its settings, answers, and stops at %s', async (signal) => {
    const child = start('--port', '0', '--json', '--scep-url', 'http://127.0.0.1:1/x');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const settings = JSON.parse(line) as Record<string, string>;
    expect(settings).toMatchObject({
      tenantId: SEED_IDS.tenant,
      clientId: SEED_IDS.client,
      deviceId: SEED_IDS.device,
    });
    const profiles = await fetch(`${settings['control'] ?? ''}profiles`);
    expect(await profiles.json()).toMatchObject([{ serverUrls: ['http://127.0.0.1:1/x'] }]);
    const exited = once(child, 'exit');
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  });

  it('explains itself', async () => {
    const child = start('--help');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(line).toContain('npm run simulator');
  });
});
