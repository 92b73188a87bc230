import { describe, expect, it } from 'vitest';
import { respondingWeb } from '../../../dev/web-response.js';
import { createHealthHandler, type HealthSource } from '../../../lib/http/health.js';

const source = (name: string, ok: boolean): HealthSource => ({
  name,
  run: () => Promise.resolve({ ok, text: `${name} speaks.`, remedy: 'Do it.', detail: ['roles: secret'] }),
});

describe('the health for machines', () => {
  it('is 200 when all is well, and 503 when one part is not', async () => {
    const good = await respondingWeb(createHealthHandler([source('a', true), source('b', true)], '1'))();
    expect(good.status).toBe(200);
    const bad = await respondingWeb(createHealthHandler([source('a', true), source('b', false)], '1'))();
    expect(bad.status).toBe(503);
    expect(await bad.json()).toMatchObject({ ok: false, version: '1', parts: [{ ok: true }, { ok: false }] });
  });

  it('keeps what only a signed-in caller may see', async () => {
    const response = await respondingWeb(createHealthHandler([source('a', false)], '1'))();
    expect(await response.json()).toEqual({
      ok: false,
      version: '1',
      parts: [{ name: 'a', ok: false, text: 'a speaks.', remedy: 'Do it.' }],
    });
  });
});
