/** @module The issuance log on one Azure table, in one partition: lines and head are written together or not at all. */
import { EMPTY_HEAD, type Ledger, type StoredHead } from '../ledger/ledger.js';
import { readColumns, writeColumns } from './columns.js';
import { DEFAULT_OPERATION_TIMEOUT_MS, type StoreConnection } from './connection.js';
import type { Change, Row } from './entity-group.js';
import { createTable, type RowPage, type StoredRow } from './table.js';

export interface TableLedgerOptions {
  readonly connection: StoreConnection;
  /** Milliseconds that one operation may take, retries included. Default 5000. */
  readonly operationTimeoutMs?: number;
}

export const LEDGER_TABLE = 'issuancelog';

const PARTITION = 'log';
const HEAD_KEY = 'head';
/** Twelve digits: at a thousand lines a second they last for thirty years. */
const lineKey = (sequence: number): string => `e|${String(sequence).padStart(12, '0')}`;

export function createTableLedger(options: TableLedgerOptions): Ledger {
  const table = createTable(options.connection, LEDGER_TABLE);
  const newBudget = () => AbortSignal.timeout(options.operationTimeoutMs ?? DEFAULT_OPERATION_TIMEOUT_MS);

  return {
    async head() {
      const row = await table.get(PARTITION, HEAD_KEY, newBudget());
      return row ? decodeHead(row) : { ...EMPTY_HEAD, settled: [] };
    },

    async read(from, limit) {
      const range = { from: lineKey(from), until: lineKey(from + limit) };
      const lines: string[] = [];
      let next: string | undefined;
      do {
        const page: RowPage = await table.page(PARTITION, { range, size: limit, next }, newBudget());
        lines.push(...page.rows.map(({ columns }) => readColumns(columns).text('Line')));
        next = page.next;
      } while (next !== undefined);
      return lines;
    },

    async append(before, lines, after) {
      const row = encodeHead(after);
      const head: Change =
        before.version === undefined
          ? { kind: 'insert', key: HEAD_KEY, row }
          : { kind: 'replace', key: HEAD_KEY, row, version: before.version };
      const inserts = lines.map((line, i): Change => ({
        kind: 'insert',
        key: lineKey(before.count + 1 + i),
        row: writeColumns().text('Line', line).row(),
      }));
      const [version = ''] = await table.write(PARTITION, [head, ...inserts], newBudget());
      return { ...after, version };
    },
  };
}

function encodeHead({ count, hash, at, settled }: Omit<StoredHead, 'version'>): Row {
  return writeColumns()
    .text('Count', String(count))
    .text('Hash', hash)
    .time('At', at)
    .text('Settled', settled.join(' '))
    .row();
}

function decodeHead({ columns, version }: StoredRow): StoredHead {
  const read = readColumns(columns);
  const at = read.optionalTime('At');
  return {
    count: Number(read.text('Count')),
    hash: read.text('Hash'),
    ...(at && { at }),
    settled: read.text('Settled').split(' ').filter(Boolean),
    version,
  };
}
