/** @module Finding certificates by what people know of them, page by page. */
import { describe, expect, it } from 'vitest';

import type { CertificateRecord, Reservation, SearchBy } from '../../../lib/store/store.js';
import type { MakeStore, StoreUnderTest } from './store-under-test.js';
import { deliver, issue, makeReservation, NOW } from './records.js';

const DIGITS = Array.from('0123456789ABCDEF');
const HOUR_MS = 3_600_000;

async function searchAll(store: StoreUnderTest, by: SearchBy, limit: number): Promise<CertificateRecord[][]> {
  const pages: CertificateRecord[][] = [];
  let continuation: string | undefined;
  do {
    const page = await store.search({ by, limit, ...(continuation !== undefined && { continuation }) });
    pages.push([...page.records]);
    continuation = page.continuation;
  } while (continuation !== undefined);
  return pages;
}

const serialsOf = (records: readonly { readonly serialNumber: string }[]) =>
  records.map(({ serialNumber }) => serialNumber);

export function searchRules(make: MakeStore): void {
  const reserveMany = (store: StoreUnderTest, count: number, each: (i: number) => Partial<Reservation>) =>
    Promise.all(
      Array.from({ length: count }, (_, i) => store.reserve(makeReservation(each(i), DIGITS[i % 16]))),
    );

  describe('search', () => {
    it('finds by thumbprint, device, user and subject, in any letter case', async () => {
      const store = make();
      const own = makeReservation();
      const user = `${own.serialNumber}@example.com`.toLowerCase();
      const deviceId = `device-${own.serialNumber}`.toLowerCase();
      const record = await issue(store, { ...own, user, deviceId });
      await issue(store, makeReservation({ user: `x${user}`, deviceId: `${deviceId}x` }));
      const queries: SearchBy[] = [
        { thumbprint: record.thumbprint ?? '' },
        { thumbprint: (record.thumbprint ?? '').toLowerCase() },
        { deviceId },
        { deviceId: deviceId.toUpperCase() },
        { user: user.toUpperCase() },
        { subject: own.subject },
        { subject: own.subject.slice(0, -4).toLowerCase() },
      ];
      for (const by of queries) {
        const { records, continuation } = await store.search({ by });
        expect(serialsOf(records), JSON.stringify(by)).toEqual([own.serialNumber]);
        expect(continuation).toBeUndefined();
      }
    });

    it('tells long texts apart that begin alike', async () => {
      const store = make();
      const { serialNumber } = makeReservation();
      const stem = `${serialNumber}${'y'.repeat(300)}`.toLowerCase();
      const [first, second] = await reserveMany(store, 2, (i) => ({
        user: `${stem}${i}`,
        subject: `CN=${stem}${i}`,
      }));
      expect(serialsOf((await store.search({ by: { user: `${stem}1` } })).records)).toEqual([
        second?.serialNumber,
      ]);
      expect(serialsOf((await store.search({ by: { subject: `CN=${stem}0` } })).records)).toEqual([
        first?.serialNumber,
      ]);
      expect((await store.search({ by: { subject: `cn=${stem}` } })).records).toHaveLength(2);
    });

    it('lists the attempts of one transaction, the newest first', async () => {
      const store = make();
      const { transactionId } = makeReservation();
      const made = await reserveMany(store, 20, (i) => ({
        transactionId,
        reservedAt: new Date(NOW.getTime() + i * 1_000),
      }));
      const pages = await searchAll(store, { transactionId }, 7);
      expect(pages.map(({ length }) => length)).toEqual([7, 7, 6]);
      expect(serialsOf(pages.flat())).toEqual(serialsOf(made).reverse());
      expect((await store.search({ by: { transactionId: transactionId.toUpperCase() } })).records).toEqual(
        [],
      );
    });

    it('pages over all partitions without gap or repetition', async () => {
      const store = make();
      const { deviceId } = { deviceId: `fleet-${makeReservation().serialNumber}`.toLowerCase() };
      const made = await reserveMany(store, 100, () => ({ deviceId }));
      for (const limit of [1, 16, 33, 100, 1_000]) {
        const pages = await searchAll(store, { deviceId }, limit);
        expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
        const found = serialsOf(pages.flat());
        expect(new Set(found).size).toBe(100);
        expect([...found].sort()).toEqual(serialsOf(made).sort());
      }
      expect((await store.search({ by: { deviceId } })).records).toHaveLength(50);
    });

    it('goes on where it was although rows came and went', async () => {
      const store = make();
      const deviceId = `moving-${makeReservation().serialNumber}`.toLowerCase();
      const made = await reserveMany(store, 40, () => ({ deviceId }));
      const first = await store.search({ by: { deviceId }, limit: 20 });
      await reserveMany(store, 40, () => ({ deviceId }));
      const seen = new Set(serialsOf(first.records));
      let { continuation } = first;
      while (continuation !== undefined) {
        const page = await store.search({ by: { deviceId }, limit: 20, continuation });
        for (const serialNumber of serialsOf(page.records)) {
          expect(seen.has(serialNumber)).toBe(false);
          seen.add(serialNumber);
        }
        continuation = page.continuation;
      }
      expect([...seen]).toEqual(expect.arrayContaining(serialsOf(made)));
    });

    it('finds a certificate under its present state only', async () => {
      const store = make();
      const reserved = await store.reserve(makeReservation());
      const where = async () => {
        const places: string[] = [];
        for (const state of ['reserved', 'issued', 'delivered', 'revoked', 'expired', 'abandoned'] as const) {
          const pages = await searchAll(store, { state }, 1_000);
          if (serialsOf(pages.flat()).includes(reserved.serialNumber)) places.push(state);
        }
        return places;
      };
      expect(await where()).toEqual(['reserved']);
      const issued = await store.markIssued(reserved, new Uint8Array([1, 2]), NOW);
      expect(await where()).toEqual(['issued']);
      const held = await store.revoke(issued, { at: NOW, reason: 'certificateHold', by: 'directory' });
      expect(await where()).toEqual(['revoked']);
      await store.release(held, NOW);
      expect(await where()).toEqual(['issued']);
    });

    it('finds what ends in a time, to the millisecond', async () => {
      const store = make();
      const start = new Date('2071-05-05T05:59:59.000Z');
      const ends = [-1, 0, 1, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1].map((ms) => new Date(start.getTime() + ms));
      const made = await Promise.all(
        ends.map((notAfter, i) => deliver(store, makeReservation({ notAfter }, DIGITS[i]))),
      );
      const by = { expiresAfter: start, expiresBefore: new Date(start.getTime() + HOUR_MS) };
      const { records } = await store.search({ by });
      expect(serialsOf(records).sort()).toEqual(serialsOf(made.slice(1, 4)).sort());
      expect((await store.search({ by: { expiresAfter: start, expiresBefore: start } })).records).toEqual([]);
    });
  });
}
