/** @module Every move between two states, by every method: allowed or refused with ERR_STATE, and nothing written. */
import { describe, expect, it } from 'vitest';

import type { CertificateState } from '../../../lib/store/states.js';
import type { CertificateRecord } from '../../../lib/store/store.js';
import type { MakeStore, StoreUnderTest } from './store-under-test.js';
import { certificateOf, deliver, issue, makeReservation, NOW } from './records.js';

const PAST = new Date('2001-01-01T00:00:00.000Z');
const HOLD = { at: NOW, reason: 'certificateHold', by: 'directory' } as const;
const FOR_GOOD = { at: NOW, reason: 'keyCompromise', by: 'person:1' } as const;

type Stage = Exclude<CertificateState, 'revoked'> | 'held issued' | 'held delivered' | 'revoked';

const REACH = {
  reserved: (store, reservation) => store.reserve(reservation),
  issued: issue,
  delivered: deliver,
  'held issued': async (store, reservation) => store.revoke(await issue(store, reservation), HOLD),
  'held delivered': async (store, reservation) => store.revoke(await deliver(store, reservation), HOLD),
  revoked: async (store, reservation) => store.revoke(await deliver(store, reservation), FOR_GOOD),
  abandoned: async (store, reservation) => store.abandon(await store.reserve(reservation), NOW),
  async expired(store, reservation) {
    const { serialNumber } = await deliver(store, { ...reservation, notAfter: new Date(PAST.getTime() - 1) });
    await store.purgeExpired(PAST);
    return present(await store.get(serialNumber));
  },
} as const satisfies Record<
  Stage,
  (store: StoreUnderTest, reservation: ReturnType<typeof makeReservation>) => Promise<CertificateRecord>
>;

const MOVES = {
  lease: (store, record) => store.lease(record, NOW),
  markIssued: (store, record) => store.markIssued(record, certificateOf(record), NOW),
  markDelivered: (store, record) => store.markDelivered(record, NOW),
  revoke: (store, record) => store.revoke(record, { at: NOW, reason: 'affiliationChanged', by: 'person:2' }),
  release: (store, record) => store.release(record, NOW),
  abandon: (store, record) => store.abandon(record, NOW),
} as const satisfies Record<
  string,
  (store: StoreUnderTest, record: CertificateRecord) => Promise<CertificateRecord>
>;

/** Where each method leads from each stage; what is not here is refused. */
const ALLOWED: Record<Stage, Partial<Record<keyof typeof MOVES, CertificateState>>> = {
  reserved: { lease: 'reserved', markIssued: 'issued', abandon: 'abandoned' },
  issued: { markDelivered: 'delivered', revoke: 'revoked' },
  delivered: { revoke: 'revoked' },
  'held issued': { revoke: 'revoked', release: 'issued' },
  'held delivered': { revoke: 'revoked', release: 'delivered' },
  revoked: {},
  abandoned: {},
  expired: {},
};

const names = <Name extends string>(table: Record<Name, unknown>) => Object.keys(table) as Name[];
const CASES = names(REACH).flatMap((stage) =>
  names(MOVES).map((method) => ({ stage, method, to: ALLOWED[stage][method] })),
);

export function moveRules(make: MakeStore): void {
  describe('moves', () => {
    it.each(CASES.filter(({ to }) => to))('$stage: $method leads to $to', async ({ stage, method, to }) => {
      const store = make();
      const record = await REACH[stage](store, makeReservation());
      const moved = await MOVES[method](store, record);
      expect(moved.state).toBe(to);
      expect(moved.version).not.toBe(record.version);
      expect(await store.get(record.serialNumber)).toMatchObject({ state: to, version: moved.version });
    });

    it.each(CASES.filter(({ to }) => !to))('$stage: $method is refused', async ({ stage, method }) => {
      const store = make();
      const record = await REACH[stage](store, makeReservation());
      await expect(MOVES[method](store, record)).rejects.toMatchObject({ code: 'ERR_STATE' });
      expect(await store.get(record.serialNumber)).toMatchObject({
        state: record.state,
        version: record.version,
      });
    });

    it('keeps a lease while the row is reserved, and no longer', async () => {
      const store = make();
      const leased = await store.lease(await store.reserve(makeReservation({ leasedUntil: PAST })), NOW);
      expect((await store.get(leased.serialNumber))?.leasedUntil).toEqual(NOW);
      await store.markIssued(leased, certificateOf(leased), NOW);
      const issued = await store.get(leased.serialNumber);
      expect([issued?.state, issued?.leasedUntil]).toEqual(['issued', undefined]);
    });

    it('remembers through a second revocation what the first was made from', async () => {
      const store = make();
      const held = await REACH['held issued'](store, makeReservation());
      const revoked = await store.revoke(held, FOR_GOOD);
      expect(revoked.revocation).toEqual({ ...FOR_GOOD, from: 'issued' });
    });

    it('forgets the revocation when a hold ends', async () => {
      const store = make();
      const released = await store.release(await REACH['held delivered'](store, makeReservation()), NOW);
      expect(released.revocation).toBeUndefined();
      const stored = await store.get(released.serialNumber);
      expect([stored?.state, stored?.revocation]).toEqual(['delivered', undefined]);
    });
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the record is not there');
  return value;
}
