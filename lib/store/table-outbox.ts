/** @module The outbox on one Azure table: few rows, for a short time, so one partition has them all. */
import { toSkepError } from '../base/errors.js';
import { readColumns, writeColumns } from './columns.js';
import { DEFAULT_OPERATION_TIMEOUT_MS, type StoreConnection } from './connection.js';
import type { Change, Row } from './entity-group.js';
import type { KeyRange } from './keys.js';
import { timeLiteral } from './rows.js';
import type { NoticeOutbox, PendingNotice } from './store.js';
import { createTable, type RowPage, type StoredRow } from './table.js';

export interface TableOutboxOptions {
  readonly connection: StoreConnection;
  /** Milliseconds that one operation may take, retries included. Default 5000. */
  readonly operationTimeoutMs?: number;
}

export const OUTBOX_TABLE = 'outbox';

const PARTITION = 'pending';
/** Keys are serial numbers. */
const EVERYTHING: KeyRange = { from: '0', until: 'G' };
const PAGE_SIZE = 100;

export function createTableOutbox(options: TableOutboxOptions): NoticeOutbox {
  const table = createTable(options.connection, OUTBOX_TABLE);
  const newBudget = () => AbortSignal.timeout(options.operationTimeoutMs ?? DEFAULT_OPERATION_TIMEOUT_MS);

  /** In each of the writes a conflict means that the row is as somebody else wants it: there, changed or gone. */
  async function write(change: Change): Promise<void> {
    try {
      await table.write(PARTITION, [change], newBudget());
    } catch (thrown) {
      if (toSkepError(thrown).code !== 'ERR_STORE_CONFLICT') throw thrown;
    }
  }

  return {
    enqueue: (notice) =>
      write({ kind: 'insert', key: notice.serialNumber, row: encode(notice, 0, notice.queuedAt) }),

    async *due(now) {
      const where = `DueAt le ${timeLiteral(now)}`;
      let next: string | undefined;
      do {
        const query = { range: EVERYTHING, size: PAGE_SIZE, where, next };
        const page: RowPage = await table.page(PARTITION, query, newBudget());
        yield* page.rows.map(decode);
        next = page.next;
      } while (next !== undefined);
    },

    postpone: (notice, until) =>
      write({
        kind: 'replace',
        key: notice.serialNumber,
        row: encode(notice, notice.attempts + 1, until),
        version: notice.version,
      }),

    remove: ({ serialNumber }) => write({ kind: 'delete', key: serialNumber }),
  };
}

function encode(
  { transactionId, csr, issuer, queuedAt }: Omit<PendingNotice, 'attempts' | 'version'>,
  attempts: number,
  dueAt: Date,
): Row {
  return writeColumns()
    .text('TransactionId', transactionId)
    .binary('Csr', csr)
    .text('Issuer', issuer)
    .time('QueuedAt', queuedAt)
    .text('Attempts', String(attempts))
    .time('DueAt', dueAt)
    .row();
}

function decode({ key, version, columns }: StoredRow): PendingNotice {
  const read = readColumns(columns);
  return {
    serialNumber: key,
    transactionId: read.text('TransactionId'),
    csr: read.binary('Csr'),
    issuer: read.text('Issuer'),
    queuedAt: read.time('QueuedAt'),
    attempts: Number(read.text('Attempts')),
    version,
  };
}
