/** @module Sweeping and purging. Each test lives in a year of its own, since a purge concerns all rows. */
import { describe, expect, it } from 'vitest';

import type { MakeStore } from './store-under-test.js';
import { collect, deliver, issue, makeReservation, NOW } from './records.js';

const DAY_MS = 86_400_000;
const HOLD = { at: NOW, reason: 'certificateHold', by: 'directory' } as const;

export function maintenanceRules(make: MakeStore): void {
  describe('sweeping', () => {
    it('lists old rows of one state', async () => {
      const store = make();
      const before = new Date('2010-06-01T12:00:00.000Z');
      const old = { reservedAt: new Date(before.getTime() - 1) };
      const reserved = await store.reserve(makeReservation(old, '3'));
      const issued = await issue(store, makeReservation(old, '4'));
      const delivered = await deliver(store, makeReservation(old, '5'));
      const young = await store.reserve(makeReservation({ reservedAt: before }, '6'));
      const stale = async (state: 'reserved' | 'issued') =>
        (await collect(store.listStale(state, before))).map(({ serialNumber }) => serialNumber);
      expect(await stale('reserved')).toContain(reserved.serialNumber);
      expect(await stale('issued')).toContain(issued.serialNumber);
      for (const { serialNumber } of [young, delivered, issued]) {
        expect(await stale('reserved')).not.toContain(serialNumber);
      }
    });

    it('hands over records that can be moved at once', async () => {
      const store = make();
      const reservedAt = new Date('2009-01-01T00:00:00.000Z');
      const { serialNumber } = await store.reserve(makeReservation({ reservedAt }));
      for await (const record of store.listStale('reserved', new Date(reservedAt.getTime() + 1))) {
        if (record.serialNumber === serialNumber) await store.abandon(record, NOW);
      }
      expect((await store.get(serialNumber))?.state).toBe('abandoned');
    });
  });

  describe('purging', () => {
    it('forgets old claims, in every partition, and keeps the certificates', async () => {
      const store = make();
      const before = new Date('1990-06-01T00:00:00.000Z');
      const made = await Promise.all(
        Array.from({ length: 130 }, (_, i) =>
          store.reserve(makeReservation({ reservedAt: new Date(before.getTime() - 1) }, i < 115 ? '7' : '8')),
        ),
      );
      const young = await store.reserve(makeReservation({ reservedAt: before }, '7'));
      expect((await store.purgeExpired(before)).claims).toBe(130);
      const [first] = made;
      expect(await store.recall(first?.claim ?? '')).toBeUndefined();
      expect((await store.get(first?.serialNumber ?? ''))?.state).toBe('reserved');
      expect(await store.recall(young.claim)).toBeDefined();
      expect((await store.purgeExpired(before)).claims).toBe(0);
    });

    it('stops when it may not go on, and finds the same the next time', async () => {
      const store = make();
      const before = new Date('1970-06-01T00:30:00.000Z');
      const past = new Date(before.getTime() - 1);
      await deliver(store, makeReservation({ reservedAt: past, notAfter: past }));
      expect(await store.purgeExpired(before, () => false)).toEqual({ claims: 0, expired: 0 });
      expect(await store.purgeExpired(before, () => true)).toEqual({ claims: 1, expired: 1 });
    });

    it('marks what has ended, and takes it off the CRL', async () => {
      const store = make();
      const before = new Date('1980-06-01T00:30:00.000Z');
      const ended = () => makeReservation({ notAfter: new Date(before.getTime() - 1) });
      const made = {
        issued: await issue(store, ended()),
        delivered: await deliver(store, ended()),
        held: await store.revoke(await issue(store, ended()), HOLD),
        revoked: await store.revoke(await deliver(store, ended()), { ...HOLD, reason: 'superseded' }),
        abandoned: await store.abandon(await store.reserve(ended()), NOW),
      };
      const reserved = await store.reserve(ended());
      const sameHour = await deliver(store, makeReservation({ notAfter: before }));
      expect((await store.purgeExpired(before)).expired).toBe(5);

      for (const { serialNumber } of Object.values(made)) {
        expect((await store.get(serialNumber))?.state).toBe('expired');
      }
      const { serialNumber } = made.revoked;
      expect((await store.get(serialNumber))?.revocation?.reason).toBe('superseded');
      const listed = (await collect(store.revoked())).map((entry) => entry.serialNumber);
      expect(listed).not.toContain(serialNumber);
      expect(listed).not.toContain(made.abandoned.serialNumber);
      expect((await store.get(reserved.serialNumber))?.state).toBe('reserved');
      expect((await store.get(sameHour.serialNumber))?.state).toBe('delivered');

      const by = { expiresAfter: new Date(before.getTime() - DAY_MS), expiresBefore: before };
      expect((await store.search({ by })).records).toHaveLength(6);
      expect((await store.purgeExpired(before)).expired).toBe(0);
    });
  });
}
