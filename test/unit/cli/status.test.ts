import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../../dev/scep-client/index.js';
import { useManagedApp } from './managed-app.js';

const app = useManagedApp();

const GOOD = { name: 'Store', ok: true, text: 'The store answers.' };
const BAD = { name: 'Intune', ok: false, text: 'No.', remedy: 'Run skep setup.', detail: ['lacks a role'] };
const FAILURES = {
  since: '2026-03-01T12:00:00.000Z',
  causes: [{ code: 'ERR_INTUNE_EXPIRED', count: 3, lastAt: '2026-03-02T11:00:00.000Z' }],
  succeeded: 7,
  complete: true,
};

function setUp(parts: readonly object[], page: { status: number; body: string } = { status: 200, body: '' }) {
  const asked: string[] = [];
  const fetch: Fetch = (url, init) => {
    asked.push(`${init.method ?? 'GET'} ${new URL(url).pathname}`);
    if (url.endsWith('/manage/health'))
      return Promise.resolve(Response.json({ ok: !parts.includes(BAD), version: '1.2.3', parts }));
    if (url.endsWith('/manage/failures')) return Promise.resolve(Response.json(FAILURES));
    return Promise.resolve(new Response(page.body, { status: page.status }));
  };
  return {
    asked,
    run: (...args: string[]) => app.run(fetch, ['status', ...args]),
  };
}

describe('skep status', () => {
  it('shows each part, and what failed lately with what to do about it', async () => {
    const { run, asked } = setUp([GOOD]);
    const { exitCode, out } = await run();
    expect(exitCode).toBe(0);
    expect(asked.toSorted()).toEqual(['GET /manage/failures', 'GET /manage/health']);
    for (const shown of [
      'The app can issue certificates (version 1.2.3)',
      'good: The store answers.',
      ': 7 went well',
      'ERR_INTUNE_EXPIRED',
      '3, the last at 2026-03-02T11:00:00.000Z',
      'The challenge is older than its hour.',
    ])
      expect(out).toContain(shown);
  });

  it('fails when a part is not good, and names what to mend first', async () => {
    const { exitCode, out, err } = await setUp([GOOD, BAD]).run();
    expect(exitCode).toBe(1);
    expect(out).toContain('NOT GOOD: No.');
    expect(out).toContain('lacks a role');
    expect(err).toContain('Not good: Intune.');
    expect(err).toContain('Run skep setup.');
  });

  it('prints one JSON value', async () => {
    const { out } = await setUp([GOOD]).run('--json');
    expect(JSON.parse(out)).toEqual({
      ok: true,
      version: '1.2.3',
      parts: [{ ...GOOD, detail: [] }],
      failures: FAILURES,
    });
  });

  it('saves the page as the signed-in caller sees it', async () => {
    const file = path.join(app.folder, 'status.html');
    const { run, asked } = setUp([GOOD], { status: 200, body: '<!doctype html>' });
    expect((await run('--html', file)).exitCode).toBe(0);
    expect(asked).toContain('GET /');
    expect(readFileSync(file, 'utf8')).toBe('<!doctype html>');
  });

  it('says when the page cannot be had, or not be written', async () => {
    const away = setUp([GOOD], { status: 503, body: 'ERR_CONFIG: no' });
    expect(await away.run('--html', path.join(app.folder, 'none.html'))).toMatchObject({ exitCode: 1 });
    const nowhere = await setUp([GOOD]).run('--html', path.join(app.folder, 'missing', 'page.html'));
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.err).toContain('ENOENT');
  });
});
