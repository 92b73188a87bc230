/** The issuance log on tables: what every move leaves in the queue, and a chain that only one writer extends. */
import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { systemClock } from '../../../lib/base/clock.js';
import { createAppender } from '../../../lib/ledger/appender.js';
import { appendEvent, assertHead, walkChain } from '../../../lib/ledger/chain.js';
import { EMPTY_HEAD, type EventQueue, type LedgerEvent } from '../../../lib/ledger/ledger.js';
import { createTableLedger } from '../../../lib/store/table-ledger.js';
import { createTableStore } from '../../../lib/store/table-store.js';
import { useAzurite } from '../../support/azurite.js';
import { issued } from '../../unit/ledger/events.js';
import { certificateOf, deliver, issue, makeReservation, NOW } from '../store/records.js';
import type { StoreUnderTest } from '../store/store-under-test.js';

const azurite = useAzurite();
const STORES: Record<string, () => StoreUnderTest & { readonly events: EventQueue }> = {
  'Azure Tables': () => createTableStore({ connection: azurite.connection() }),
  memory: createMemoryStore,
};
const later = (ms: number) => new Date(NOW.getTime() + ms);
const sha256 = (data: Uint8Array) => hash('sha256', data).toUpperCase();

async function eventsOf({ events }: { readonly events: EventQueue }, serialNumber: string) {
  const pending = await events.pending(1000);
  return pending
    .map(({ event }) => event)
    .filter((event) => event.kind !== 'signed' && event.serialNumber === serialNumber);
}

describe.each(Object.entries(STORES))('events of the store: %s', (_name, make) => {
  it('tells of issue, hold, release and revocation, once each, and not of delivery', async () => {
    const store = make();
    const reservation = makeReservation();
    const delivered = await deliver(store, reservation);
    const held = await store.revoke(delivered, { at: later(1), reason: 'certificateHold', by: 'directory' });
    const released = await store.release(held, later(2));
    await store.revoke(released, { at: later(3), reason: 'keyCompromise', by: 'person:1' });
    const { serialNumber, issuerId, endpoint, csrHash } = reservation;
    expect(await eventsOf(store, serialNumber)).toEqual([
      {
        kind: 'issued',
        at: NOW,
        issuerId,
        serialNumber,
        endpoint,
        csrHash,
        signedHash: sha256(reservation.tbs),
        certificateHash: sha256(certificateOf(reservation)),
      },
      { kind: 'held', at: later(1), issuerId, serialNumber, reason: 'certificateHold', by: 'directory' },
      { kind: 'released', at: later(2), issuerId, serialNumber },
      { kind: 'revoked', at: later(3), issuerId, serialNumber, reason: 'keyCompromise', by: 'person:1' },
    ]);
  });

  it('tells of what was reserved and never finished, with what may have been signed', async () => {
    const store = make();
    const reservation = makeReservation();
    await store.abandon(await store.reserve(reservation), later(1));
    expect(await eventsOf(store, reservation.serialNumber)).toMatchObject([
      { kind: 'abandoned', at: later(1), signedHash: sha256(reservation.tbs) },
    ]);
  });

  it('tells nothing of a move that lost', async () => {
    const store = make();
    const before = await issue(store, makeReservation());
    await store.markDelivered(before, NOW);
    const lost = store.revoke(before, { at: later(1), reason: 'superseded', by: 'enrollment' });
    await expect(lost).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' });
    expect(await eventsOf(store, before.serialNumber)).toMatchObject([{ kind: 'issued' }]);
  });

  it('keeps events that are noted alone, gives the oldest first, and forgets what is settled, also twice', async () => {
    const { events } = make();
    const early = new Date('1999-01-01T00:00:00Z');
    const signed = [2, 1].map((n): LedgerEvent => ({
      kind: 'signed',
      purpose: 'crl',
      at: new Date(early.getTime() + n),
      issuerId: 'AB'.repeat(32),
      signedHash: sha256(Buffer.from(`crl ${n}`)),
    }));
    for (const event of signed) await events.note(event);
    const oldest = await events.pending(2);
    expect(oldest.map(({ event }) => event)).toEqual(signed.toReversed());
    const ids = oldest.map(({ id }) => id);
    await events.settle(ids.slice(0, 1));
    await events.settle(ids);
    await events.settle(ids);
    expect((await events.pending(1000)).filter(({ id }) => ids.includes(id))).toEqual([]);
  });
});

describe('the chain on Azure Tables', () => {
  const ledger = () => createTableLedger({ connection: azurite.connection() });

  it('is empty, then extended, and refuses a second writer and a gap', async () => {
    const empty = await ledger().head();
    expect(empty).toEqual({ ...EMPTY_HEAD, settled: [] });
    const first = appendEvent(empty, issued(1));
    const at = NOW;
    const after = await ledger().append(empty, [first.line], { ...first.head, at, settled: ['a', 'b'] });
    expect(await ledger().head()).toEqual({ ...first.head, at, settled: ['a', 'b'], version: after.version });
    const again = ledger().append(empty, [first.line], { ...first.head, at, settled: [] });
    await expect(again).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' });
    const second = appendEvent(first.head, issued(2));
    const blind = ledger().append({ ...after, version: 'W/"x"' }, [second.line], {
      ...second.head,
      settled: [],
    });
    await expect(blind).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' });
    expect(await ledger().read(1, 10)).toEqual([first.line]);
  });

  it('gets every event of many instances at work at once, exactly once', async () => {
    const connection = azurite.connection();
    const stores = [1, 2, 3].map(() => createTableStore({ connection }));
    const runs = stores.map(({ events }) =>
      createAppender({
        queue: events,
        ledger: createTableLedger({ connection }),
        clock: systemClock,
        budgetMs: 45_000,
      }),
    );
    const serials: string[] = [];
    const work = stores.map(async (store, i) => {
      for (let n = 0; n < 20; n++) {
        const digit = n.toString(16).toUpperCase().slice(-1);
        const { serialNumber } = await issue(store, makeReservation({}, digit));
        serials.push(serialNumber);
        if (n % 4 === i) await runs[i]?.();
      }
    });
    await Promise.all(work);
    await Promise.all(runs.map((run) => run()));
    await runs[0]?.();

    const chain = walkChain();
    const entries = (await ledger().read(1, 1000)).map((line) => chain.next(line));
    assertHead(chain.head, await ledger().head());
    const told = entries.flatMap((entry) => (entry.kind === 'issued' ? [entry.serialNumber] : []));
    for (const serialNumber of serials) expect(told.filter((one) => one === serialNumber)).toHaveLength(1);
    expect(await stores[0]?.events.pending(10)).toEqual([]);
  });
});
