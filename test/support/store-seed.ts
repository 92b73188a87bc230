/** @module Fills the certificate table with what a big installation has, past the path and the wire. */
import { createHash, randomBytes } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import { DAY_MS } from '../../lib/base/clock.js';
import { reservationChanges } from '../../lib/store/changes.js';
import type { Azurite, TableRow } from '../../dev/azurite.js';
import type { Change } from '../../lib/store/entity-group.js';
import { PARTITIONS, revokedKey } from '../../lib/store/keys.js';
import { encodeRevokedRow } from '../../lib/store/rows.js';
import { CERTIFICATES_TABLE } from '../../lib/store/table-store.js';
import { toDelivered, toIssued, toReserved, toRevoked } from '../../lib/store/transitions.js';
import type { CertificateRecord, Reservation } from '../../lib/store/store.js';

export interface SeedOptions {
  readonly storage: Pick<Azurite, 'fill'>;
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
/** Certificates that are handed over at once. */
const BATCH = 500;

/** @returns some of the certificates, evenly spread. */
export async function seedStore(options: SeedOptions): Promise<Sample[]> {
  const { storage, certificates, revoked, onProgress } = options;
  const samples: Sample[] = [];

  function* makeBatches(): Generator<readonly TableRow[]> {
    for (let first = 0; first < certificates; first += BATCH) {
      const rows: TableRow[] = [];
      for (let i = first; i < Math.min(first + BATCH, certificates); i++) {
        const isRevoked = i % Math.round(certificates / revoked) === 0;
        const partition = PARTITIONS[i % PARTITIONS.length] ?? '';
        const { changes, record } = makeCertificate(options, partition, isRevoked);
        rows.push(...changes.map((change) => toRow(partition, change)));
        if (i % Math.ceil(certificates / SAMPLES) === 0) samples.push(sampleOf(record));
      }
      yield rows;
      onProgress?.(Math.min(first + BATCH, certificates));
    }
  }

  await storage.fill(CERTIFICATES_TABLE, makeBatches());
  return samples;
}

function toRow(partition: string, change: Change): TableRow {
  if (change.kind === 'delete') throw new Error('a new certificate deletes nothing');
  return { PartitionKey: partition, RowKey: change.key, ...change.row };
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
