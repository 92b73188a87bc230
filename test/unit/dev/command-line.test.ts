/** The programs of dev/: what is wrong with their arguments is said, with the usage and exit code 2. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { localSettings } from '../../../dev/local-settings.js';

const start = (...args: string[]) => spawn(process.execPath, ['scripts/run.mjs', ...args]);

describe('ports of the local cloud', () => {
  it('are 7071 and 7072, or what the environment says', () => {
    const defaults = { port: 7071, simulatorPort: 7072, dataDir: '.skep' };
    expect(localSettings({})).toMatchObject(defaults);
    expect(localSettings({ SKEP_PORT: '', SKEP_SIM_PORT: '', SKEP_DATA_DIR: '' })).toMatchObject(defaults);
    const named = localSettings({ SKEP_PORT: '0', SKEP_SIM_PORT: '65535', SKEP_DATA_DIR: 'x' });
    expect(named).toMatchObject({ port: 0, simulatorPort: 65_535, dataDir: 'x' });
  });

  it.each(['SKEP_PORT', 'SKEP_SIM_PORT'])('%s is never replaced by a free one', (name) => {
    for (const text of ['abc', '65536', '-1', '7071.5']) {
      expect(() => localSettings({ [name]: text })).toThrow(`${name} wants a port`);
    }
  });
});

describe.each([
  ['dev/story.ts', '--bogus'],
  ['dev/fleet.ts', '--bogus'],
  ['dev/simulator.ts', '--bogus'],
  ['dev/simulator.ts', '--port=abc'],
])('%s', (program, wrong) => {
  it(`refuses ${wrong}`, async () => {
    const child = start(program, wrong);
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    expect([child.exitCode, out]).toEqual([2, '']);
    expect(err).toContain(wrong.split('=')[0]);
    expect(err).toMatch(/npm run \w+ -- \[/);
    expect(err).not.toContain('    at ');
  });
});

describe.each(['dev/story.ts', 'dev/fleet.ts'])('%s', (program) => {
  it('ends quietly when nobody reads its output any more', async () => {
    const child = start(program, '--help');
    child.stdout.destroy();
    const [err] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect([child.exitCode, err]).toEqual([0, '']);
  });
});
