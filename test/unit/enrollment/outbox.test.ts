import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createDelivery, deferNotification } from '../../../lib/enrollment/outbox.js';
import type { IssuedNotice, Validator, Verdict } from '../../../lib/validators/validator.js';
import { createMemoryOutbox } from '../../support/memory-outbox.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { certificateOf, deliver, makeReservation, NOW } from '../../contract/store/records.js';
import { createTestClock, createTestLogger } from '../revocation/fixtures.js';

const MINUTE_MS = 60_000;
const csr = Uint8Array.of(0x30, 0x00);
const outage = new SkepError('ERR_VALIDATOR_UNAVAILABLE');

async function setUp(answer: Verdict | SkepError = { granted: true }) {
  const store = createMemoryStore();
  const outbox = createMemoryOutbox();
  const clock = createTestClock(NOW);
  const { logger, lines } = createTestLogger();
  const told: IssuedNotice[] = [];
  const intune = { answer };
  const validator: Validator = {
    name: 'intune',
    validate: () => Promise.resolve({ granted: true }),
    notifySuccess: (notice) => {
      told.push(notice);
      return intune.answer instanceof SkepError
        ? Promise.reject(intune.answer)
        : Promise.resolve(intune.answer);
    },
  };
  const revoke = async (serialNumber: string, reason: 'privilegeWithdrawn', by: string) => {
    const record = await store.get(serialNumber);
    if (record) await store.revoke(record, { at: clock.now(), reason, by });
  };
  const run = createDelivery({
    outbox,
    certificates: store,
    validator,
    revoker: { revoke },
    clock,
    logger,
    budgetMs: MINUTE_MS,
  });
  const record = await deliver(store, makeReservation());
  const notice: IssuedNotice = {
    transactionId: record.transactionId,
    csr,
    certificate: certificateOf(record),
    serialNumber: record.serialNumber,
    notAfter: record.notAfter,
    issuer: 'CN=Test CA',
  };
  const deferred = deferNotification(validator, outbox, clock);
  expect(await deferred.notifySuccess?.(notice)).toEqual({ granted: true });
  expect(told).toEqual([]);
  const stateNow = () => store.records.get(record.serialNumber)?.state;
  return { store, outbox, clock, lines, told, intune, run, record, notice, deferred, stateNow };
}

describe('deferred notification', () => {
  it('tells the owner later what it would have been told at once, and forgets the request', async () => {
    const { run, told, notice, outbox, stateNow } = await setUp();
    expect(await run()).toEqual({ delivered: 1, revoked: 0, postponed: 0 });
    expect(told).toEqual([notice]);
    expect(outbox.waiting.size).toBe(0);
    expect(stateNow()).toBe('delivered');
    expect(await run()).toEqual({ delivered: 0, revoked: 0, postponed: 0 });
  });

  it('leaves validation and the failure notice as they are', async () => {
    const { deferred } = await setUp();
    expect(deferred.name).toBe('intune');
    expect('notifyFailure' in deferred).toBe(false);
  });

  it('revokes what the owner refuses', async () => {
    const refusal = { granted: false, code: 'ERR_NOTIFICATION_REFUSED', detail: 'no' } as const;
    const { run, outbox, stateNow, lines } = await setUp(refusal);
    expect(await run()).toEqual({ delivered: 0, revoked: 1, postponed: 0 });
    expect(stateNow()).toBe('revoked');
    expect(outbox.waiting.size).toBe(0);
    expect(lines.join()).toContain('code=ERR_NOTIFICATION_REFUSED');
  });

  it('comes back later and later, at most every hour, and at last succeeds', async () => {
    const { run, intune, clock, told, outbox, record } = await setUp(outage);
    const delays: number[] = [];
    for (let i = 0; i < 8; i++) {
      expect(await run()).toEqual({ delivered: 0, revoked: 0, postponed: 1 });
      const due = outbox.waiting.get(record.serialNumber)?.dueAt.getTime() ?? 0;
      delays.push((due - clock.now().getTime()) / MINUTE_MS);
      clock.advance(due - clock.now().getTime() - 1);
      expect(await run()).toMatchObject({ postponed: 0 });
      clock.advance(1);
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    intune.answer = { granted: true };
    expect(await run()).toMatchObject({ delivered: 1 });
    expect(told).toHaveLength(9);
  });

  it('revokes when a day of attempts came to nothing', async () => {
    const { run, clock, stateNow, outbox } = await setUp(outage);
    for (let i = 0; i < 23; i++) {
      expect(await run()).toMatchObject({ postponed: 1 });
      clock.advance(60 * MINUTE_MS);
    }
    clock.advance(60 * MINUTE_MS - 1);
    expect(await run()).toMatchObject({ postponed: 1 });
    expect(stateNow()).toBe('delivered');
    clock.advance(60 * MINUTE_MS);
    expect(await run()).toMatchObject({ revoked: 1 });
    expect(stateNow()).toBe('revoked');
    expect(outbox.waiting.size).toBe(0);
  });

  it('does not take a day in which it stood still for a day of attempts', async () => {
    const { run, clock, intune, stateNow } = await setUp(outage);
    clock.advance(3 * 24 * 60 * MINUTE_MS);
    for (let i = 0; i < 4; i++) {
      expect(await run()).toMatchObject({ postponed: 1, revoked: 0 });
      clock.advance(60 * MINUTE_MS);
    }
    expect(stateNow()).toBe('delivered');
    intune.answer = { granted: true };
    expect(await run()).toMatchObject({ delivered: 1 });
  });

  it('does not tell of a certificate that is revoked by now', async () => {
    const { run, store, record, told, outbox } = await setUp();
    await store.revoke(record, { at: NOW, reason: 'keyCompromise', by: 'person:ada' });
    expect(await run()).toEqual({ delivered: 0, revoked: 0, postponed: 0 });
    expect(told).toEqual([]);
    expect(outbox.waiting.size).toBe(0);
  });

  it('tells of a certificate that is only on hold', async () => {
    const { run, store, record } = await setUp();
    await store.revoke(record, { at: NOW, reason: 'certificateHold', by: 'directory' });
    expect(await run()).toMatchObject({ delivered: 1 });
  });

  it('keeps a notice whose revocation failed', async () => {
    const refusal = { granted: false, code: 'ERR_NOTIFICATION_REFUSED', detail: 'no' } as const;
    const { outbox, store, clock, notice } = await setUp(refusal);
    const { logger } = createTestLogger();
    const run = createDelivery({
      outbox,
      certificates: store,
      validator: { notifySuccess: () => Promise.resolve(refusal) },
      revoker: { revoke: () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE')) },
      clock,
      logger,
      budgetMs: MINUTE_MS,
    });
    expect(await run()).toMatchObject({ postponed: 1 });
    expect(outbox.waiting.has(notice.serialNumber)).toBe(true);
  });

  it('begins nothing when its time is up', async () => {
    const { outbox, store, clock, deferred, notice } = await setUp();
    for (let i = 0; i < 20; i++) {
      const { serialNumber } = await deliver(store, makeReservation());
      await deferred.notifySuccess?.({ ...notice, serialNumber });
    }
    const run = createDelivery({
      outbox,
      certificates: store,
      validator: {
        notifySuccess: () => {
          clock.advance(MINUTE_MS);
          return Promise.resolve({ granted: true });
        },
      },
      revoker: { revoke: () => Promise.resolve() },
      clock,
      logger: createTestLogger().logger,
      budgetMs: MINUTE_MS,
    });
    expect(await run()).toMatchObject({ delivered: 8, outOfTime: true });
  });
});
