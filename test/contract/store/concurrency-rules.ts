/** @module Two who write at once, and one whose reply was lost. */
import { describe, expect, it } from 'vitest';

import type { MakeStore } from './store-under-test.js';
import { certificateOf, collect, deliver, issue, makeReservation, NOW } from './records.js';

const LATER = new Date(NOW.getTime() + 60_000);
const BY_PERSON = { at: NOW, reason: 'keyCompromise', by: 'person:1' } as const;
const BY_INTUNE = { at: NOW, reason: 'cessationOfOperation', by: 'intune' } as const;
const HOLD = { at: NOW, reason: 'certificateHold', by: 'directory' } as const;
const CONFLICT = { code: 'ERR_STORE_CONFLICT' };

export function concurrencyRules(make: MakeStore): void {
  describe('concurrency', () => {
    it('gives a claim to exactly one of fifty, and leaves no trace of the others', async () => {
      const store = make();
      const { claim } = makeReservation();
      const rivals = Array.from({ length: 50 }, () => makeReservation({ claim }));
      const outcomes = await Promise.allSettled(rivals.map((rival) => store.reserve(rival)));
      const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(CONFLICT);
      }
      const stored = await Promise.all(rivals.map(({ serialNumber }) => store.get(serialNumber)));
      const present = stored.filter((record) => record !== undefined);
      expect(present).toEqual([winners[0]?.value]);
      expect((await store.recall(claim))?.serialNumber).toBe(present[0]?.serialNumber);
      const found = await Promise.all(rivals.map(({ subject }) => store.search({ by: { subject } })));
      expect(found.flatMap(({ records }) => records)).toHaveLength(1);
    });

    it('lets exactly one of twenty take over a claim', async () => {
      const store = make();
      const first = makeReservation();
      await store.reserve(first);
      const claim = await store.recall(first.claim);
      const rivals = Array.from({ length: 20 }, () => makeReservation({ claim: first.claim }));
      const outcomes = await Promise.allSettled(rivals.map((rival) => store.reserve(rival, claim)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('lets exactly one of ten take up a reserved row, though all want the same', async () => {
      const store = make();
      const reserved = await store.reserve(makeReservation());
      const rivals = await Promise.allSettled(Array.from({ length: 10 }, () => store.lease(reserved, LATER)));
      expect(rivals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const lost = rivals.flatMap((rival) => (rival.status === 'rejected' ? [rival.reason as unknown] : []));
      for (const reason of lost) expect(reason).toMatchObject(CONFLICT);
    });

    it('refuses a serial number that is taken', async () => {
      const store = make();
      const { serialNumber } = await store.reserve(makeReservation());
      const second = makeReservation({ serialNumber });
      await expect(store.reserve(second)).rejects.toMatchObject(CONFLICT);
      expect(await store.recall(second.claim)).toBeUndefined();
    });

    it('refuses to take over a claim that is gone', async () => {
      const store = make();
      const longAgo = new Date('1999-01-01T00:00:00.000Z');
      const first = makeReservation({ reservedAt: longAgo });
      await store.reserve(first);
      const claim = await store.recall(first.claim);
      await store.purgeExpired(new Date(longAgo.getTime() + 1));
      const second = makeReservation({ claim: first.claim });
      await expect(store.reserve(second, claim)).rejects.toMatchObject(CONFLICT);
      expect(await store.get(second.serialNumber)).toBeUndefined();
    });

    it('lets the second of two writers know that the row changed', async () => {
      const store = make();
      const delivered = await deliver(store, makeReservation());
      await store.revoke(delivered, BY_PERSON);
      await expect(store.revoke(delivered, BY_INTUNE)).rejects.toMatchObject(CONFLICT);
      expect((await store.get(delivered.serialNumber))?.revocation).toMatchObject(BY_PERSON);
    });

    it('lets one of two make a hold permanent, where only the version tells that the row changed', async () => {
      const store = make();
      const held = await store.revoke(await deliver(store, makeReservation()), HOLD);
      await store.revoke(held, BY_PERSON);
      await expect(store.revoke(held, BY_INTUNE)).rejects.toMatchObject(CONFLICT);
      expect((await store.get(held.serialNumber))?.revocation).toMatchObject(BY_PERSON);
    });

    it('does not issue what a sweeper abandoned, nor abandon what was issued', async () => {
      const store = make();
      const swept = await store.reserve(makeReservation());
      await store.abandon(swept, NOW);
      await expect(store.markIssued(swept, certificateOf(swept), NOW)).rejects.toMatchObject(CONFLICT);
      const issued = await store.reserve(makeReservation());
      await store.markIssued(issued, certificateOf(issued), NOW);
      await expect(store.abandon(issued, NOW)).rejects.toMatchObject(CONFLICT);
    });

    it('does not take another certificate for its own', async () => {
      const store = make();
      const reserved = await store.reserve(makeReservation());
      await store.markIssued(reserved, certificateOf(reserved), NOW);
      await expect(store.markIssued(reserved, new Uint8Array([1]), NOW)).rejects.toMatchObject(CONFLICT);
    });

    it('does not deliver what was revoked meanwhile', async () => {
      const store = make();
      const issued = await issue(store, makeReservation());
      await store.revoke(issued, BY_PERSON);
      await expect(store.markDelivered(issued, NOW)).rejects.toMatchObject(CONFLICT);
    });
  });

  describe('a lost reply', () => {
    it('does not fail a reservation that was made', async () => {
      const store = make();
      const reservation = makeReservation();
      const made = await store.reserve(reservation);
      expect(await store.reserve(reservation)).toEqual(made);
    });

    it('does not fail a takeover that was made', async () => {
      const store = make();
      const first = makeReservation();
      await store.reserve(first);
      const claim = await store.recall(first.claim);
      const second = makeReservation({ claim: first.claim });
      const made = await store.reserve(second, claim);
      expect(await store.reserve(second, claim)).toEqual(made);
    });

    it('does not fail any move that was made', async () => {
      const store = make();
      const reserved = await store.reserve(makeReservation());
      const issued = await store.markIssued(reserved, certificateOf(reserved), NOW);
      expect(await store.markIssued(reserved, certificateOf(reserved), LATER)).toMatchObject({
        version: issued.version,
        issuedAt: NOW,
      });
      const delivered = await store.markDelivered(issued, NOW);
      expect(await store.markDelivered(issued, LATER)).toMatchObject({ version: delivered.version });
      const held = await store.revoke(delivered, HOLD);
      expect(await store.revoke(delivered, { ...HOLD, at: LATER })).toMatchObject({ version: held.version });
      const released = await store.release(held, NOW);
      expect(await store.release(held, NOW)).toMatchObject({ version: released.version, state: 'delivered' });
      const other = await store.reserve(makeReservation());
      const abandoned = await store.abandon(other, NOW);
      expect(await store.abandon(other, LATER)).toMatchObject({ version: abandoned.version });
      const entries = await collect(store.revoked());
      expect(entries.filter(({ serialNumber }) => serialNumber === reserved.serialNumber)).toHaveLength(0);
    });
  });
}
