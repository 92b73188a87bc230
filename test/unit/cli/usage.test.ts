/** What is wrong with the arguments is said here, with the option's name and exit code 2, and nobody is asked. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../../lib/app/version.js';
import { useManagedApp } from './managed-app.js';
import { runSkep } from './run-cli.js';

const app = useManagedApp();

describe('wrong usage', () => {
  it.each<[string, string[]]>([
    ['--state', ['search', '--state', 'bogus']],
    ['--expires-after', ['search', '--expires-after', 'tomorrow']],
    ['--expires-before', ['search', '--expires-before', '2026-13-01']],
    ['--serial', ['search', '--serial', 'zz']],
    ['--thumbprint', ['search', '--thumbprint', '4A0F']],
    ['--limit', ['search', '--limit', '501']],
    ['--subject and --user', ['search', '--subject', 'a', '--user', 'b']],
    [
      '--state and --expires-after or --expires-before',
      ['search', '--state', 'issued', '--expires-after', '2026-01-01'],
    ],
    ['--from', ['journal', '--from', '2026-03-01T10:00']],
    ['--until', ['journal', '--until', 'now']],
    ['--serial', ['journal', '--serial', '-']],
    ['--limit', ['journal', '--limit', '0']],
    ['--device and --from or --until', ['journal', '--device', 'd', '--from', '2026-03-01']],
    ["'serial'", ['show', 'zz']],
    ["'serial'", ['revoke', '../x']],
    ["'serial'", ['hold', 'zz']],
    ["'serial'", ['release', 'zz']],
  ])('names %s: %j', async (option, args) => {
    const { exitCode, err } = await app.run(() => Promise.reject(new Error('was asked')), args);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(option)]);
  });

  it.each([
    [['search', '--limit', 'abc', '--json'], '--limit'],
    [['search', '--bogus', '--json'], '--bogus'],
    [['show', '--json'], "'serial'"],
    [['audit', '--from', 'x', '--json'], '--from'],
  ])('is one JSON value, and nothing else, where that is wanted: %j', async (args, option) => {
    const { exitCode, out, err } = await runSkep(args);
    expect([exitCode, err]).toEqual([2, '']);
    expect(JSON.parse(out)).toEqual({
      status: 'error',
      code: 'ERR_USAGE',
      message: expect.stringContaining(option) as string,
      next: expect.stringContaining('--help') as string,
    });
  });

  it('takes what is right', async () => {
    const asked: unknown[] = [];
    const answer = (_url: string, { body }: RequestInit) => {
      asked.push(typeof body === 'string' ? JSON.parse(body) : body);
      return Promise.resolve(Response.json({ certificates: [], entries: [] }));
    };
    await app.run(answer, [
      'search',
      '--expires-after',
      '2026-01-01',
      '--expires-before',
      '2026-02-01T00:00:00.5Z',
    ]);
    await app.run(answer, ['search', '--serial', '0x4a:0f', '--limit', '500']);
    await app.run(answer, ['search', '--thumbprint', '00:'.repeat(19) + 'ff']);
    await app.run(answer, ['journal', '--from', '2026-01-01', '--until', '2026-01-02T10:00Z']);
    expect(asked).toEqual([
      { expiresAfter: '2026-01-01', expiresBefore: '2026-02-01T00:00:00.5Z' },
      { serialNumber: '0x4a:0f', limit: 500 },
      { thumbprint: '00:'.repeat(19) + 'ff' },
      { from: '2026-01-01', until: '2026-01-02T10:00Z' },
    ]);
  });
});

describe('the program', () => {
  it('says its version', async () => {
    expect(await runSkep(['--version'])).toEqual({ exitCode: 0, out: `${VERSION}\n`, err: '' });
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const child = spawn(process.execPath, ['scripts/run.mjs', 'cli/skep.ts', 'explain', '0x8010002c']);
    child.stdout.destroy();
    const [err] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect([child.exitCode, err]).toEqual([0, '']);
  });
});
