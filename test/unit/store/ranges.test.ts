import { expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { PARTITIONS, startingWith } from '../../../lib/store/keys.js';
import { createRangeReader } from '../../../lib/store/ranges.js';
import type { RowPage, Table } from '../../../lib/store/table.js';

it('may be left by whoever has had enough: the page that was asked for ahead fails nobody', async () => {
  const [first] = PARTITIONS;
  const row = { key: 'r|1', columns: {}, version: 'v1' };
  let failed = 0;
  const table: Pick<Table, 'page'> = {
    page: (partition, { next }): Promise<RowPage> => {
      if (partition !== first) return Promise.resolve({ rows: [] });
      if (next === undefined) return Promise.resolve({ rows: [row], next: 'second' });
      failed++;
      return Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE'));
    },
  };
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const budget = () => new AbortController().signal;
    for await (const found of createRangeReader(table as Table, budget).inAnyOrder(startingWith('r|'))) {
      expect(found.key).toBe('r|1');
      break;
    }
    // Node tells of rejections that nobody handles after the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(failed).toBe(1);
  expect(unhandled).toEqual([]);
});
