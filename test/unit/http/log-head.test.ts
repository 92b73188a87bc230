import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { respondingWeb } from '../../../dev/web-response.js';
import { createLogHeadHandler } from '../../../lib/http/log-head.js';
import { EMPTY_HEAD, type StoredHead } from '../../../lib/ledger/ledger.js';
import { createTestClock } from '../revocation/fixtures.js';

const HEAD: StoredHead = {
  count: 3,
  hash: 'AB'.repeat(32),
  at: new Date('2026-03-01T10:00:00Z'),
  settled: ['l|1|issued|4A'],
  version: 'v1',
};

function setUp(heads: readonly (StoredHead | SkepError)[]) {
  const clock = createTestClock();
  let asked = 0;
  const handle = respondingWeb(
    createLogHeadHandler(
      {
        head: () => {
          const next = heads[Math.min(asked++, heads.length - 1)];
          return next instanceof SkepError || !next
            ? Promise.reject(next ?? new Error())
            : Promise.resolve(next);
        },
      },
      clock,
    ),
  );
  const ask = (method = 'GET') => handle(new Request('https://skep.test/log/head', { method }));
  return { ask, clock, asked: () => asked };
}

describe('the head of the issuance log', () => {
  it('says how long the log is and how it ends, and nothing else', async () => {
    const response = await setUp([HEAD]).ask();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ count: 3, hash: HEAD.hash, at: '2026-03-01T10:00:00.000Z' });
    expect(response.headers.get('cache-control')).toContain('max-age=15');
  });

  it('is there from the beginning', async () => {
    expect(await (await setUp([{ ...EMPTY_HEAD, settled: [] }]).ask()).json()).toEqual(EMPTY_HEAD);
  });

  it('does not ask the store for everybody who asks', async () => {
    const { ask, clock, asked } = setUp([HEAD]);
    await Promise.all([ask(), ask(), ask()]);
    expect(asked()).toBe(1);
    clock.advance(15_000);
    await ask();
    expect(asked()).toBe(2);
  });

  it('says so when the store is away, and asks again at once', async () => {
    const { ask } = setUp([new SkepError('ERR_STORE_UNAVAILABLE'), HEAD]);
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
  });

  it('can only be read', async () => {
    expect((await setUp([HEAD]).ask('POST')).status).toBe(405);
  });
});
