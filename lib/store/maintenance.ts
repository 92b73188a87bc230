/** @module What timers do to keep the table tidy. */
import { moveChanges } from './changes.js';
import { type Change, GROUP_LIMIT } from './entity-group.js';
import { endedRange, PARTITIONS, startingWith } from './keys.js';
import type { FoundRow, RangeReader } from './ranges.js';
import { lastPart, timeLiteral } from './rows.js';
import type { CertificateState } from './states.js';
import { unlessConflict } from './store-failure.js';
import type { CertificateReader, CertificateRecord, StoreMaintenance } from './store.js';
import type { Table } from './table.js';
import { toExpired } from './transitions.js';

/** Purges of a partition run side by side; more would starve the devices. */
const SIDE_BY_SIDE = 8;

const ENDING = ['issued', 'delivered', 'revoked', 'abandoned'] as const satisfies readonly CertificateState[];

export function createMaintenance(
  table: Table,
  ranges: RangeReader,
  reader: CertificateReader,
  budget: () => AbortSignal,
): StoreMaintenance {
  async function* listStale(state: 'reserved' | 'issued', before: Date): AsyncGenerator<CertificateRecord> {
    const range = startingWith(`z|${state}|`);
    for await (const { key } of ranges.inAnyOrder(range, `ReservedAt lt ${timeLiteral(before)}`)) {
      const record = await reader.get(lastPart(key));
      if (record?.state === state) yield record;
    }
  }

  async function forgetClaims(before: Date, mayGoOn: () => boolean): Promise<number> {
    const found = ranges.inAnyOrder(startingWith('k|'), `ClaimedAt lt ${timeLiteral(before)}`);
    const waiting = new Map(PARTITIONS.map((partition): [string, Change[]] => [partition, []]));
    let forgotten = 0;
    const flush = async (partition: string, changes: Change[]): Promise<void> => {
      waiting.set(partition, []);
      const written = changes.length > 0 && (await unlessConflict(table.write(partition, changes, budget())));
      if (written) forgotten += changes.length;
    };
    for await (const { partition, key, version } of found) {
      if (!mayGoOn()) break;
      const changes = waiting.get(partition) ?? [];
      changes.push({ kind: 'delete', key, version });
      if (changes.length === GROUP_LIMIT) await flush(partition, changes);
    }
    for (const [partition, changes] of waiting) await flush(partition, changes);
    return forgotten;
  }

  async function expire(row: FoundRow, before: Date): Promise<boolean> {
    const record = await reader.get(lastPart(row.key));
    if (!record || record.notAfter >= before || record.state === 'expired') return false;
    return unlessConflict(table.write(row.partition, moveChanges(record, toExpired(record)), budget()));
  }

  async function expireEnded(before: Date, mayGoOn: () => boolean): Promise<number> {
    let expired = 0;
    for (const state of ENDING) {
      await eachOf(ranges.inAnyOrder(endedRange(state, before)), SIDE_BY_SIDE, mayGoOn, async (row) => {
        if (await expire(row, before)) expired += 1;
      });
    }
    return expired;
  }

  return {
    listStale,
    purgeExpired: async (before, mayGoOn = () => true) => ({
      claims: await forgetClaims(before, mayGoOn),
      expired: await expireEnded(before, mayGoOn),
    }),
  };
}

/** Several workers draw from one stream. */
async function eachOf<T>(
  items: AsyncGenerator<T>,
  workers: number,
  mayGoOn: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const draw = async (): Promise<void> => {
    for (let next = await items.next(); !next.done && mayGoOn(); next = await items.next()) {
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: workers }, draw));
}
