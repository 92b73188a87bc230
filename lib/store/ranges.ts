/** @module Reading a range of keys in all sixteen partitions at once. */
import { PARTITIONS, type KeyRange } from './keys.js';
import type { RowPage, StoredRow, Table } from './table.js';

export interface RangeReader {
  /** In the order of keys, over all partitions. */
  inOrder(range: KeyRange, pageSize: number): AsyncGenerator<StoredRow>;
  /** As pages arrive; at most one page of each partition is held. */
  inAnyOrder(range: KeyRange, where?: string): AsyncGenerator<FoundRow>;
}

export interface FoundRow extends StoredRow {
  readonly partition: string;
}

/** The service's largest page. */
const PAGE_LIMIT = 1000;

/** @param budget begins anew with every page: a long list is many operations. */
export function createRangeReader(table: Table, budget: () => AbortSignal): RangeReader {
  async function* pages(partition: string, range: KeyRange, size: number, where?: string) {
    let next: string | undefined;
    do {
      const page: RowPage = await table.page(partition, { range, size, next, where }, budget());
      yield page.rows.map((row): FoundRow => ({ ...row, partition }));
      next = page.next;
    } while (next !== undefined);
  }

  async function* inOrder(range: KeyRange, pageSize: number): AsyncGenerator<StoredRow> {
    const size = Math.min(Math.max(pageSize, 1), PAGE_LIMIT);
    const cursors = await Promise.all(
      PARTITIONS.map((partition) => openCursor(pages(partition, range, size))),
    );
    for (;;) {
      const lowest = cursors.filter(isOpen).reduce<OpenCursor | undefined>(lower, undefined);
      if (!lowest) return;
      yield lowest.row;
      await lowest.advance();
    }
  }

  async function* inAnyOrder(range: KeyRange, where?: string): AsyncGenerator<FoundRow> {
    const sources = PARTITIONS.map((partition) => pages(partition, range, PAGE_LIMIT, where));
    const pending = new Map(sources.map((source, i) => [i, nextOf(source, i)]));
    while (pending.size > 0) {
      const { i, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(i);
        continue;
      }
      // Asked for before this page is handed on, so that the service works while the reader does.
      const source = sources[i];
      if (source) {
        const ahead = nextOf(source, i);
        // A reader who has had enough is not there to hear of its failure.
        ahead.catch(() => undefined);
        pending.set(i, ahead);
      }
      yield* result.value;
    }
  }

  return { inOrder, inAnyOrder };
}

async function nextOf<T>(source: AsyncGenerator<T>, i: number) {
  return { i, result: await source.next() };
}

interface Cursor {
  row: StoredRow | undefined;
  advance(): Promise<void>;
}
type OpenCursor = Cursor & { row: StoredRow };

const isOpen = (cursor: Cursor): cursor is OpenCursor => cursor.row !== undefined;
const lower = (a: OpenCursor | undefined, b: OpenCursor): OpenCursor => (a && a.row.key < b.row.key ? a : b);

async function openCursor(pages: AsyncGenerator<readonly StoredRow[], void>): Promise<Cursor> {
  let buffer: readonly StoredRow[] = [];
  let position = 0;
  const cursor: Cursor = {
    row: undefined,
    async advance() {
      position += 1;
      while (position >= buffer.length) {
        const page = await pages.next();
        if (page.done) {
          cursor.row = undefined;
          return;
        }
        buffer = page.value;
        position = 0;
      }
      cursor.row = buffer[position];
    },
  };
  await cursor.advance();
  return cursor;
}
