import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { createLogCheck } from '../../../lib/app/log-health.js';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createTestClock } from '../revocation/fixtures.js';
import { issued } from '../ledger/events.js';

const START = new Date('2026-03-01T10:00:10Z');

describe('the health of the issuance log', () => {
  it('tells how far it lags, and what to look at when that is too far', async () => {
    const { events } = createMemoryStore();
    const clock = createTestClock(START);
    const check = createLogCheck(events, clock);
    expect(await check.run()).toEqual({
      ok: true,
      text: 'The issuance log tells of everything that was signed.',
    });
    await events.note(issued(10));
    clock.advance(MINUTE_MS);
    expect(await check.run()).toEqual({ ok: true, text: 'The issuance log is 1 minute behind.' });
    clock.advance(10 * MINUTE_MS);
    expect(await check.run()).toEqual({
      ok: true,
      text: 'The issuance log is 11 minutes behind.',
      remedy: 'Look at the log of the function timer-issuance-log.',
    });
  });

  it('asks once a minute, however often it is asked', async () => {
    let asked = 0;
    const clock = createTestClock(START);
    const check = createLogCheck({ pending: () => Promise.resolve((asked++, [])) }, clock);
    await Promise.all([check.run(), check.run()]);
    await check.run();
    expect(asked).toBe(1);
  });

  it('says that the store is away', async () => {
    const away = { pending: () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE')) };
    expect(await createLogCheck(away, createTestClock()).run()).toMatchObject({ ok: false });
  });
});
