/** @module What a CRL is made of: always exactly the rows that are revoked or abandoned. */
import { describe, expect, it } from 'vitest';

import type { MakeStore, StoreUnderTest } from './store-under-test.js';
import { collect, deliver, issue, makeReservation, NOW } from './records.js';

const LATER = new Date(NOW.getTime() + 60_000);
const HOLD = { at: NOW, reason: 'certificateHold', by: 'directory' } as const;

export function revocationRules(make: MakeStore): void {
  const entryOf = async (store: StoreUnderTest, serialNumber: string) => {
    const entries = await collect(store.revoked());
    const own = entries.filter((entry) => entry.serialNumber === serialNumber);
    expect(own.length).toBeLessThan(2);
    return own[0];
  };

  describe('revoked entries', () => {
    it('follow a certificate through hold, release and revocation', async () => {
      const store = make();
      const delivered = await deliver(store, makeReservation());
      const { serialNumber, issuerId, notAfter } = delivered;
      expect(await entryOf(store, serialNumber)).toBeUndefined();

      const held = await store.revoke(delivered, HOLD);
      const entry = { serialNumber, issuerId, notAfter, revokedAt: NOW, reason: 'certificateHold' };
      expect(await entryOf(store, serialNumber)).toEqual(entry);

      const released = await store.release(held, NOW);
      expect(await entryOf(store, serialNumber)).toBeUndefined();

      const again = await store.revoke(released, HOLD);
      await store.revoke(again, { at: LATER, reason: 'keyCompromise', by: 'person:1' });
      expect(await entryOf(store, serialNumber)).toEqual({
        ...entry,
        revokedAt: LATER,
        reason: 'keyCompromise',
      });
    });

    it('name what was abandoned', async () => {
      const store = make();
      const { serialNumber } = await store.abandon(await store.reserve(makeReservation()), NOW);
      expect(await entryOf(store, serialNumber)).toMatchObject({ revokedAt: NOW, reason: 'unspecified' });
    });

    it('come from all partitions', async () => {
      const store = make();
      const serials = await Promise.all(
        Array.from('0123456789ABCDEF', async (digit) => {
          const issued = await issue(store, makeReservation({}, digit));
          return (await store.revoke(issued, { ...HOLD, reason: 'superseded' })).serialNumber;
        }),
      );
      const entries = (await collect(store.revoked())).map(({ serialNumber }) => serialNumber);
      expect(entries).toEqual(expect.arrayContaining(serials));
      expect(new Set(entries).size).toBe(entries.length);
    });
  });
}
