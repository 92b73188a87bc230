/**
 * @module The certificate store on one Azure table. Its sixteen partitions are the last hex digit of the serial number:
 * a certificate, its claim and every row that it is found by lie together, and change in one transaction or not at all.
 */
import { SkepError } from '../base/errors.js';
import { type Logger, silentLogger } from '../base/log.js';
import type { EventQueue } from '../ledger/ledger.js';
import { moveChanges, reservationChanges } from './changes.js';
import { DEFAULT_OPERATION_TIMEOUT_MS, type StoreConnection } from './connection.js';
import type { Change } from './entity-group.js';
import { createEventQueue } from './event-queue.js';
import { certificateKey, claimRowKey, isStoreId, partitionOf, startingWith } from './keys.js';
import { createMaintenance } from './maintenance.js';
import { createRangeReader } from './ranges.js';
import { decodeCertificateRow, decodeClaimRow, decodeRevokedRow } from './rows.js';
import { createSearch } from './search.js';
import type { CertificateRecord, CertificateStore, Claim, StoreMaintenance } from './store.js';
import { createTable } from './table.js';
import {
  isAlreadyWritten,
  toAbandoned,
  toDelivered,
  toIssued,
  toLeased,
  toReleased,
  toReserved,
  toRevoked,
  type UnwrittenRecord,
} from './transitions.js';

export interface TableStoreOptions {
  readonly connection: StoreConnection;
  readonly logger?: Logger;
  /** Milliseconds that one operation may take, retries included. Default 5000. */
  readonly operationTimeoutMs?: number;
}

export const CERTIFICATES_TABLE = 'certificates';

export function createTableStore(
  options: TableStoreOptions,
): CertificateStore & StoreMaintenance & { readonly events: EventQueue } {
  const { connection, logger = silentLogger, operationTimeoutMs = DEFAULT_OPERATION_TIMEOUT_MS } = options;
  const table = createTable(connection, CERTIFICATES_TABLE);
  const newBudget = () => AbortSignal.timeout(operationTimeoutMs);

  async function get(serialNumber: string, budget = newBudget()): Promise<CertificateRecord | undefined> {
    if (!isStoreId(serialNumber)) return undefined;
    const row = await table.get(partitionOf(serialNumber), certificateKey(serialNumber), budget);
    return row && decodeCertificateRow(row);
  }

  async function recall(key: string): Promise<Claim | undefined> {
    if (!isStoreId(key)) return undefined;
    const row = await table.get(partitionOf(key), claimRowKey(key), newBudget());
    return row && decodeClaimRow(row);
  }

  /** When a reply is lost, the retry meets its own write as a conflict. What is there tells the two apart. */
  async function write(wanted: UnwrittenRecord, changes: readonly Change[]): Promise<CertificateRecord> {
    const { serialNumber, state } = wanted;
    const budget = newBudget();
    try {
      const [version = ''] = await table.write(partitionOf(serialNumber), changes, budget);
      // Made for this write by a transition: nobody else has it.
      return Object.assign(wanted, { version });
    } catch (thrown) {
      if (!(thrown instanceof SkepError) || thrown.code !== 'ERR_STORE_CONFLICT') throw thrown;
      const stored = await get(serialNumber, budget);
      if (!stored || !isAlreadyWritten(stored, wanted)) throw thrown;
      logger.info('A write to the store had succeeded before', { serialNumber, state });
      return stored;
    }
  }

  const move = (before: CertificateRecord, after: UnwrittenRecord, at?: Date) =>
    write(after, moveChanges(before, after, at));

  const reader = { get: (serialNumber: string) => get(serialNumber) };
  const ranges = createRangeReader(table, newBudget);

  return {
    ...reader,
    ...createMaintenance(table, ranges, reader, newBudget),
    recall,
    search: createSearch(ranges, reader),
    events: createEventQueue(table, ranges, newBudget),

    async reserve(reservation, replaces) {
      const reserved = toReserved(reservation);
      return write(reserved, reservationChanges(reservation, reserved, replaces));
    },
    async lease(record, until) {
      const leased = toLeased(record, until);
      const [version = ''] = await table.write(
        partitionOf(record.serialNumber),
        moveChanges(record, leased),
        newBudget(),
      );
      return Object.assign(leased, { version });
    },
    markIssued: async (record, certificate, at) => move(record, toIssued(record, certificate, at)),
    markDelivered: async (record, at) => move(record, toDelivered(record, at)),
    revoke: async (record, revocation) => move(record, toRevoked(record, revocation)),
    release: async (record, at) => move(record, toReleased(record), at),
    abandon: async (record, at) => move(record, toAbandoned(record, at)),

    async *revoked() {
      for await (const row of ranges.inAnyOrder(startingWith('r|'))) yield decodeRevokedRow(row);
    },
  };
}
