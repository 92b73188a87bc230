/** @module The verdict on a world: what its store, its signer, Intune and the devices say of the same certificates. */
import { certificatesOf } from '../../../dev/intune/state.js';
import { SWEEP_DEFAULTS } from '../../../lib/revocation/sweeper.js';
import type { CertificateRecord } from '../../../lib/store/store.js';
import { createTable } from '../../../lib/store/table.js';
import { PARTITIONS, startingWith } from '../../../lib/store/keys.js';
import { decodeCertificateRow, timeLiteral } from '../../../lib/store/rows.js';
import { CERTIFICATES_TABLE } from '../../../lib/store/table-store.js';
import type { Device } from './fleet.js';
import { digestOf, type World } from './world.js';

export interface Verdict {
  /** What is wrong, in words; empty when nothing is. */
  readonly complaints: readonly string[];
  readonly signatures: number;
  /** Of these, the ones over what was signed before. */
  readonly repeated: number;
  readonly rows: number;
  readonly live: number;
  readonly abandoned: number;
  readonly revoked: number;
}

const isLive = ({ state }: CertificateRecord): boolean => state === 'issued' || state === 'delivered';

/**
 * @param since when the devices began.
 * @param signed digests that the CA key signed since then.
 */
export async function judge(
  world: World,
  devices: readonly Device[],
  since: Date,
  signed: readonly string[],
): Promise<Verdict> {
  const records = await readRecords(world, since);
  const complaints = [
    ...devices.flatMap((device) => judgeDevice(world, device, records)),
    ...judgeSignatures(world, records, signed),
    ...records
      .filter(({ csrHash }) => !world.simulator.state.validations.has(csrHash))
      .map(({ serialNumber }) => `${serialNumber} is of a request that Intune has not found genuine`),
    ...records
      .filter(({ state }) => state === 'reserved')
      .map(({ serialNumber }) => `${serialNumber} is still reserved`),
  ];
  const count = (...states: readonly CertificateRecord['state'][]) =>
    records.filter(({ state }) => states.includes(state)).length;
  const signatures = signed.filter((digest) => !world.crls.has(digest));
  return {
    complaints,
    signatures: signatures.length,
    repeated: signatures.length - new Set(signatures).size,
    rows: records.length,
    live: count('issued', 'delivered'),
    abandoned: count('abandoned'),
    revoked: count('revoked'),
  };
}

/** One live certificate, delivered, which the device has and Intune counts as its own; all others are over. */
function judgeDevice(world: World, device: Device, records: readonly CertificateRecord[]): string[] {
  const { id, certificate, key, refusals } = device;
  const own = records.filter(({ deviceId }) => deviceId === id);
  const live = own.filter(isLive);
  const held = certificate?.serialHex.toUpperCase();
  const active = certificatesOf(world.simulator.state, id).filter(({ state }) => state === 'active');
  const complaints = refusals.map((text) => `${id} was refused: ${text}`);
  // The request is the same as long as key and challenge are, so its row is the same, whatever fails meanwhile.
  if (key === 'same' && own.some((row) => own.some((other) => takesPlaceOf(row, other))))
    complaints.push(`${id} has several rows for one request: ${describe(own)}`);
  if (live.length !== 1) complaints.push(`${id} has ${live.length} live certificates: ${describe(own)}`);
  if (live.some(({ state, serialNumber }) => state !== 'delivered' || serialNumber !== held))
    complaints.push(`${id} has ${held ?? 'nothing'}, and live are ${describe(live)}`);
  if (active.length !== 1 || active[0]?.serialNumber !== held)
    complaints.push(
      `${id} has ${held ?? 'nothing'}, and Intune counts ${active.map((one) => one.serialNumber).join()}`,
    );
  for (const { serialNumber } of certificatesOf(world.simulator.state, id)) {
    if (!own.some((record) => record.serialNumber === serialNumber))
      complaints.push(`Intune knows ${serialNumber} of ${id}, and the store does not`);
  }
  return complaints;
}

/** Whether it was begun under the same challenge while the other was there. Ten minutes later the sweeper has been there. */
function takesPlaceOf(row: CertificateRecord, { claim, reservedAt, revocation }: CertificateRecord): boolean {
  if (row.claim !== claim || row.reservedAt <= reservedAt) return false;
  const sweptAt = revocation?.by === 'sweeper' ? revocation.at : undefined;
  const wasSwept = sweptAt && sweptAt.getTime() - reservedAt.getTime() >= SWEEP_DEFAULTS.reservedMs;
  return !(wasSwept && sweptAt <= row.reservedAt);
}

/** Nothing was signed that no row tells of, and nothing stands in a row that was not signed. */
function judgeSignatures(
  world: World,
  records: readonly CertificateRecord[],
  signed: readonly string[],
): string[] {
  const written = new Set(records.map(({ tbs }) => digestOf(tbs)));
  const done = new Set(signed);
  return [
    ...signed
      .filter((digest) => !written.has(digest) && !world.crls.has(digest))
      .map((digest) => `a signature without a row: ${digest}`),
    ...records
      .filter(({ certificate, tbs }) => certificate && !done.has(digestOf(tbs)))
      .map(({ serialNumber }) => `${serialNumber} was never signed`),
  ];
}

function describe(records: readonly CertificateRecord[]): string {
  return records
    .map(({ serialNumber, state, revocation }) =>
      `${serialNumber} ${state} ${revocation?.reason ?? ''}`.trim(),
    )
    .join(', ');
}

/** Every row of a certificate that was reserved since then, past the service. */
export async function readRecords({ storage }: World, since: Date): Promise<CertificateRecord[]> {
  const connection = { kind: 'connectionString', value: storage.connectionString } as const;
  const table = createTable(connection, CERTIFICATES_TABLE);
  const where = `ReservedAt ge ${timeLiteral(since)}`;
  const records: CertificateRecord[] = [];
  for (const partition of PARTITIONS) {
    let next: string | undefined;
    do {
      const page = await table.page(
        partition,
        { range: startingWith('c|'), size: 1000, next, where },
        AbortSignal.timeout(20_000),
      );
      records.push(...page.rows.map(decodeCertificateRow));
      next = page.next;
    } while (next !== undefined);
  }
  return records;
}
