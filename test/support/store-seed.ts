/** @module Fills the certificate table with what a big installation has, a hundred rows at a time, past the path. */
import { createHash, randomBytes } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import { DAY_MS } from '../../lib/base/clock.js';
import { reservationChanges } from '../../lib/store/changes.js';
import type { StoreConnection } from '../../lib/store/connection.js';
import { GROUP_LIMIT, type Change } from '../../lib/store/entity-group.js';
import { PARTITIONS, revokedKey } from '../../lib/store/keys.js';
import { encodeRevokedRow } from '../../lib/store/rows.js';
import { createTable } from '../../lib/store/table.js';
import { CERTIFICATES_TABLE } from '../../lib/store/table-store.js';
import { toDelivered, toIssued, toReserved, toRevoked } from '../../lib/store/transitions.js';
import type { CertificateRecord, Reservation } from '../../lib/store/store.js';

export interface SeedOptions {
  readonly connection: StoreConnection;
  readonly certificates: number;
  /** How many of them are revoked, evenly spread. */
  readonly revoked: number;
  readonly issuerId: string;
  /** A certificate and its signed part, whose octets stand for everybody's; DER. */
  readonly certificate: Uint8Array;
  readonly tbs: Uint8Array;
  readonly onProgress?: (seeded: number) => void;
}

/** What a benchmark looks certificates up by. */
export interface Sample {
  readonly serialNumber: string;
  readonly claim: string;
  readonly deviceId: string;
  readonly thumbprint: string;
}

const SAMPLES = 500;
const WRITERS = 8;
const BUDGET_MS = 60_000;

/** @returns some of the certificates, evenly spread. */
export async function seedStore(options: SeedOptions): Promise<Sample[]> {
  const { connection, certificates, revoked, onProgress } = options;
  const table = createTable(connection, CERTIFICATES_TABLE);
  const samples: Sample[] = [];
  let seeded = 0;

  async function fillPartition(partition: string, first: number): Promise<void> {
    let group: Change[] = [];
    const flush = async (): Promise<void> => {
      await table.write(partition, group, AbortSignal.timeout(BUDGET_MS));
      group = [];
    };
    for (let i = first; i < certificates; i += PARTITIONS.length) {
      const isRevoked = i % Math.round(certificates / revoked) === 0;
      const { changes, record } = makeCertificate(options, partition, isRevoked);
      if (group.length + changes.length > GROUP_LIMIT) await flush();
      group.push(...changes);
      if (i % Math.ceil(certificates / SAMPLES) === 0) samples.push(sampleOf(record));
      if (++seeded % 10_000 === 0) onProgress?.(seeded);
    }
    if (group.length > 0) await flush();
  }

  const queue = PARTITIONS.map((partition, first) => () => fillPartition(partition, first));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  // The first to come makes the table, which the others would stumble over.
  await queue.shift()?.();
  await Promise.all(Array.from({ length: WRITERS }, work));
  return samples;
}

const VERSIONS_DO_NOT_MATTER = { version: '' };

function makeCertificate(
  { issuerId, certificate, tbs }: SeedOptions,
  partition: string,
  isRevoked: boolean,
): { readonly changes: readonly Change[]; readonly record: CertificateRecord } {
  const serialNumber = toHex(randomBytes(16)).slice(0, -1) + partition;
  const deviceId = `00000000-0000-4000-8000-${toHex(randomBytes(6)).toLowerCase()}`;
  const reservedAt = new Date(Date.now() - Math.floor(Math.random() * 200) * DAY_MS);
  const reservation: Reservation = {
    serialNumber,
    endpoint: 'intune',
    issuerId,
    claim: toHex(randomBytes(32)).slice(0, -1) + partition,
    csrHash: toHex(randomBytes(32)),
    transactionId: toHex(randomBytes(20)),
    subject: `CN=${deviceId}`,
    subjectAltNames: [`uri:IntuneDeviceId://${deviceId}`],
    deviceId,
    notBefore: reservedAt,
    notAfter: new Date(reservedAt.getTime() + 365 * DAY_MS),
    tbs,
    reservedAt,
  };
  const issued = toIssued({ ...toReserved(reservation), ...VERSIONS_DO_NOT_MATTER }, certificate, reservedAt);
  const own = { ...issued, thumbprint: toHex(createHash('sha1').update(serialNumber).digest()) };
  const delivered = toDelivered({ ...own, ...VERSIONS_DO_NOT_MATTER }, reservedAt);
  const last = isRevoked
    ? toRevoked(
        { ...delivered, ...VERSIONS_DO_NOT_MATTER },
        { at: reservedAt, reason: 'superseded', by: 'seed' },
      )
    : delivered;
  const changes: Change[] = [...reservationChanges(reservation, last, undefined)];
  if (isRevoked) changes.push({ kind: 'put', key: revokedKey(serialNumber), row: encodeRevokedRow(last) });
  return { changes, record: { ...last, ...VERSIONS_DO_NOT_MATTER } };
}

function sampleOf({ serialNumber, claim, deviceId = '', thumbprint = '' }: CertificateRecord): Sample {
  return { serialNumber, claim, deviceId, thumbprint };
}
