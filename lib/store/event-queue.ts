/** @module The queue of events on the table `certificates`: rows of its own, in the partition of what they tell of. */
import { toSkepError } from '../base/errors.js';
import type { EventQueue, PendingEvent } from '../ledger/ledger.js';
import { type Change, GROUP_LIMIT } from './entity-group.js';
import { decodeEventRow, insertEvent, keyOf } from './events.js';
import { PARTITIONS, partitionOf, startingWith } from './keys.js';
import type { RangeReader } from './ranges.js';
import type { Table } from './table.js';

const PAGE_SIZE = 1000;

export function createEventQueue(table: Table, ranges: RangeReader, budget: () => AbortSignal): EventQueue {
  const remove = (partition: string, keys: readonly string[]) =>
    table.write(
      partition,
      keys.map((key): Change => ({ kind: 'delete', key })),
      budget(),
    );

  /** All at once, or one by one where somebody else has removed some of them. */
  async function removeAll(partition: string, keys: readonly string[]): Promise<void> {
    try {
      await remove(partition, keys);
    } catch (thrown) {
      if (toSkepError(thrown).code !== 'ERR_STORE_CONFLICT') throw thrown;
      if (keys.length > 1) for (const key of keys) await removeAll(partition, [key]);
    }
  }

  return {
    async note(event) {
      await table.write(partitionOf(keyOf(event)), [insertEvent(event)], budget());
    },

    async pending(limit) {
      const found: PendingEvent[] = [];
      for await (const row of ranges.inOrder(startingWith('l|'), Math.min(limit, PAGE_SIZE))) {
        if (found.push(decodeEventRow(row)) >= limit) break;
      }
      return found;
    },

    async settle(ids) {
      await Promise.all(
        PARTITIONS.map(async (partition) => {
          const keys = ids.filter((id) => partitionOf(id) === partition);
          for (let i = 0; i < keys.length; i += GROUP_LIMIT)
            await removeAll(partition, keys.slice(i, i + GROUP_LIMIT));
        }),
      );
    },
  };
}
