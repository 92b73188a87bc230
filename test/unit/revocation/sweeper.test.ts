import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import { createSweeper, type SweepSettings } from '../../../lib/revocation/sweeper.js';
import type { RevocationStore, StoreMaintenance } from '../../../lib/store/store.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { certificateOf, deliver, issue, makeReservation, NOW } from '../../contract/store/records.js';
import { createTestClock, createTestLogger } from './fixtures.js';

const MINUTE_MS = 60_000;

function setUp(settings: Partial<SweepSettings> = {}) {
  const store = createMemoryStore();
  const clock = createTestClock(NOW);
  const { logger, lines } = createTestLogger();
  const crl = { published: 0 };
  const parts = {
    ocsp: { invalidate: () => undefined },
    crl: {
      publish: () => {
        crl.published++;
        return Promise.resolve();
      },
    },
    clock,
    logger,
  };
  const sweeper = (source: Pick<StoreMaintenance, 'listStale'> = store, rows: RevocationStore = store) =>
    createSweeper({
      store: source,
      revoker: createRevoker({ store: rows, ...parts }),
      clock,
      logger,
      budgetMs: MINUTE_MS,
      settings,
    });
  return { store, clock, lines, crl, sweeper };
}

describe('the sweeper', () => {
  it('abandons what stayed reserved and revokes what was not delivered, each in its time', async () => {
    const { store, clock, crl, sweeper } = setUp();
    const sweep = sweeper();
    const reserved = await store.reserve(makeReservation());
    const issued = await issue(store, makeReservation());
    const delivered = await deliver(store, makeReservation());
    const stateOf = (record: { serialNumber: string }) => store.records.get(record.serialNumber)?.state;

    clock.advance(10 * MINUTE_MS);
    expect(await sweep()).toEqual({ abandoned: 0, revoked: 0, failed: 0 });
    clock.advance(1);
    expect(await sweep()).toEqual({ abandoned: 1, revoked: 0, failed: 0 });
    clock.advance(110 * MINUTE_MS - 1);
    expect(await sweep()).toEqual({ abandoned: 0, revoked: 0, failed: 0 });
    clock.advance(1);
    expect(await sweep()).toEqual({ abandoned: 0, revoked: 1, failed: 0 });

    expect([reserved, issued, delivered].map(stateOf)).toEqual(['abandoned', 'revoked', 'delivered']);
    expect(store.records.get(issued.serialNumber)?.revocation).toMatchObject({
      reason: 'cessationOfOperation',
      by: 'sweeper',
    });
    expect(crl.published).toBe(2);
  });

  it('leaves a row alone that its device finishes at that moment', async () => {
    const { store, clock, sweeper } = setUp();
    const record = await store.reserve(makeReservation());
    clock.advance(11 * MINUTE_MS);
    const late: Pick<StoreMaintenance, 'listStale'> = {
      async *listStale(state, before) {
        const found = [];
        for await (const stale of store.listStale(state, before)) found.push(stale);
        const current = store.records.get(record.serialNumber);
        if (current?.state === 'reserved')
          await store.markIssued(current, certificateOf(record), clock.now());
        yield* found;
      },
    };
    expect(await sweeper(late)()).toEqual({ abandoned: 0, revoked: 0, failed: 0 });
    expect(store.records.get(record.serialNumber)?.state).toBe('issued');
  });

  it('takes no more than its limit at once', async () => {
    const { store, clock, sweeper } = setUp({ limit: 3 });
    const sweep = sweeper();
    for (let i = 0; i < 4; i++) await store.reserve(makeReservation());
    await issue(store, makeReservation());
    clock.advance(180 * MINUTE_MS);
    expect(await sweep()).toEqual({ abandoned: 3, revoked: 0, failed: 0 });
    expect(await sweep()).toEqual({ abandoned: 1, revoked: 1, failed: 0 });
  });

  it('looks for no more when its time is up', async () => {
    const { store, clock, sweeper } = setUp();
    for (let i = 0; i < 3; i++) await store.reserve(makeReservation());
    clock.advance(11 * MINUTE_MS);
    const slow: Pick<StoreMaintenance, 'listStale'> = {
      async *listStale(...args) {
        for await (const record of store.listStale(...args)) {
          clock.advance(MINUTE_MS);
          yield record;
        }
      },
    };
    expect(await sweeper(slow)()).toEqual({ abandoned: 1, revoked: 0, failed: 0, outOfTime: true });
    expect(await sweeper()()).toEqual({ abandoned: 2, revoked: 0, failed: 0 });
  });

  it('counts what failed, and says so', async () => {
    const { store, clock, lines, sweeper } = setUp();
    await store.reserve(makeReservation());
    clock.advance(11 * MINUTE_MS);
    const sick: RevocationStore = {
      ...store,
      abandon: () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE')),
    };
    expect(await sweeper(store, sick)()).toEqual({ abandoned: 0, revoked: 0, failed: 1 });
    expect(lines.join()).toContain('warn Swept what was never finished abandoned=0 revoked=0 failed=1');
  });
});
