/** What the vault signed, what we wrote down and what Intune counts: clean when all is well, and a stranger's signature shows. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installNodes } from '../../../dev/devices/atomic.js';
import { createWindowsDevice } from '../../../dev/devices/windows.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { connectToLocalVault } from '../../../dev/local-vault.js';
import { systemClock } from '../../../lib/base/clock.js';
import { systemRandom } from '../../../lib/base/random.js';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { createTableStore, CERTIFICATES_TABLE } from '../../../lib/store/table-store.js';
import { createTable } from '../../../lib/store/table.js';
import { LEDGER_TABLE } from '../../../lib/store/table-ledger.js';
import { certificateKey, partitionOf } from '../../../lib/store/keys.js';
import { runSkep } from '../../unit/cli/run-cli.js';
import { enrollOnce, useVaultCloud } from '../../support/vault-cloud.js';

const cloud = useVaultCloud({ SKEP_CA_KEY_TYPE: 'EC-P256' });
let folder: string;
const file = (name: string) => join(folder, name);

interface Outcome {
  readonly exitCode: number;
  readonly result: {
    readonly status: string;
    readonly code?: string;
    readonly message?: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly unexplained: readonly { readonly kind: string; readonly text: string }[];
    readonly uncompared: readonly string[];
    readonly notes: readonly string[];
  };
}

async function skep(...args: string[]): Promise<Outcome> {
  const { exitCode, out } = await runSkep([...args, '--json'], {
    env: { SKEP_DATA_DIR: cloud().dataDir },
    fetch: (url, init) => fetch(url, init),
  });
  return { exitCode, result: JSON.parse(out) as Outcome['result'] };
}

/** Everything that was signed before is judged: nothing is left to settle. */
async function audit(...args: string[]): Promise<Outcome> {
  await cloud().invokeTimer('timer-issuance-log');
  return skep('audit', '--settle', '0', ...args);
}
const kinds = ({ result }: Outcome) => result.unexplained.map(({ kind }) => kind);

async function enrollThroughIntune(): Promise<void> {
  const { commands } = await cloud().simulator.syncDevice(SEED_IDS.device);
  const request = commands.find((command) => command.verb === 'Atomic');
  if (request?.verb !== 'Atomic') throw new Error('Intune asked for no certificate');
  const device = createWindowsDevice({ sleep: () => Promise.resolve() });
  const { certificate } = await device.install(request.uniqueId, installNodes(request.commands));
  if (!certificate) throw new Error('the device has no certificate');
}

const openKey = () =>
  openVaultKey({
    connection: connectToLocalVault(cloud().vault.url, cloud().vault.certificate),
    name: 'skep-ca',
    clock: systemClock,
    random: systemRandom,
    wait: () => Promise.resolve(),
  });

const table = (name: string) => createTable({ kind: 'connectionString', value: cloud().ready.storage }, name);
const budget = () => AbortSignal.timeout(20_000);

let serial = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skep-audit-'));
  for (const name of ['one', 'two', 'three']) serial = (await enrollOnce(cloud(), `CN=${name}`)).serialHex;
  await enrollThroughIntune();
  const revoked = await runSkep(['revoke', serial.toUpperCase()], {
    env: { SKEP_DATA_DIR: cloud().dataDir },
    fetch: (url, init) => fetch(url, init),
  });
  expect(revoked.exitCode).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('skep audit', () => {
  it('explains every signature of a healthy CA: certificates, CRLs, RA, health checks, its own', async () => {
    const { exitCode, result } = await audit();
    expect(result.unexplained).toEqual([]);
    expect(exitCode).toBe(0);
    expect(result.counts).toMatchObject({
      issuedEntries: 4,
      issuedRows: 4,
      'for certificate': 4,
      'for ra-certificate': 1,
      'for health-check': 1,
      intuneRecords: 1,
      liveRowsOfIntune: 1,
    });
    expect(result.counts['for crl']).toBeGreaterThanOrEqual(2);
    expect(result.counts['signatures']).toBe(
      cloud().vault.auditRows.filter(({ OperationName }) => OperationName === 'KeySign').length,
    );
    expect(result.notes).toEqual([]);
    expect(result.uncompared).toEqual([]);
  });

  it('sees an OCSP responder’s certificate', async () => {
    const before = cloud().vault.auditRows.length;
    const ocsp = await fetch(`${cloud().ready.ocsp}/MEowSDBGMEQwQjAJBgUrDgMCGgUABBQ`);
    await ocsp.arrayBuffer();
    expect(cloud().vault.auditRows.length).toBeGreaterThanOrEqual(before);
    expect(kinds(await audit())).toEqual([]);
  });

  it('says that files of the vault’s and Intune’s logs mean the same as asking', async () => {
    await writeFile(file('vault.json'), JSON.stringify(cloud().vault.auditRows));
    await writeFile(
      file('intune.csv'),
      `Device,Serial number\r\n${[...cloud().simulator.state.certificates.values()]
        .map(({ serialNumber }) => `"a ""laptop""",${serialNumber}`)
        .join('\r\n')}\r\n`,
    );
    const outcome = await audit('--vault-log', file('vault.json'), '--intune', file('intune.csv'));
    expect(kinds(outcome)).toEqual([]);
    expect(outcome.result.counts).toMatchObject({ intuneRecords: 1 });
  });

  it('reports a certificate that Intune counts and we never issued, and one of ours that it does not count', async () => {
    await writeFile(file('foreign.csv'), 'Serial number\n00abcdef01\n');
    const outcome = await audit('--intune', file('foreign.csv'));
    expect(outcome.exitCode).toBe(1);
    expect(kinds(outcome)).toEqual(['intune-without-row']);
    // Just delivered: the notification may still be on its way.
    expect(outcome.result.counts).toMatchObject({ noticesInFlight: 1 });
  });

  it('reports a signature that somebody made with the key behind our back', async () => {
    const { signer } = await openKey();
    await signer.sign(Buffer.from('a certificate for somebody'), 'ES256');
    const outcome = await audit();
    expect(outcome.exitCode).toBe(1);
    expect(outcome.result).toMatchObject({ status: 'error', code: 'ERR_AUDIT' });
    expect(kinds(outcome)).toEqual(['signature-without-entry']);
  });

  it('reports one that hides behind the id of something known', async () => {
    const { tbs } = (await createTableStore({
      connection: { kind: 'connectionString', value: cloud().ready.storage },
    }).get(serial.toUpperCase())) ?? { tbs: Buffer.alloc(0) };
    const { signer } = await openKey();
    await signer.sign(tbs, 'ES256');
    expect(kinds(await audit())).toContain('signed-again');
  });

  it('compares numbers where the vault’s log has no ids, and says so', async () => {
    const withoutIds = cloud().vault.auditRows.map((row) => ({ ...row, CorrelationId: '' }));
    await writeFile(file('no-ids.json'), JSON.stringify(withoutIds.slice(0, -2)));
    const clean = await audit('--vault-log', file('no-ids.json'));
    expect(kinds(clean)).toEqual([]);
    expect(clean.result.notes).toEqual([expect.stringContaining('numbers were compared')]);
    const many = Array.from({ length: 200 }, () => withoutIds[0]);
    await writeFile(file('no-ids.json'), JSON.stringify([...withoutIds, ...many]));
    expect(kinds(await audit('--vault-log', file('no-ids.json')))).toEqual(['too-many-signatures']);
  });
});

describe('skep audit verify', () => {
  it('finds the log whole, keeps it and its head, and checks both without the app', async () => {
    await cloud().invokeTimer('timer-issuance-log');
    const saved = await skep('audit', 'verify', '--save-log', file('log'), '--save-head', file('head'));
    expect(saved).toMatchObject({ exitCode: 0, result: { status: 'ok' } });
    const offline = await runSkep([
      'audit',
      'verify',
      '--log',
      file('log'),
      '--head',
      file('head'),
      '--json',
    ]);
    expect(JSON.parse(offline.out)).toMatchObject({ status: 'ok' });
    const lines = (await readFile(file('log'), 'utf8')).trimEnd().split('\n');
    expect(lines.some((line) => line.includes('"kind":"revoked"') && line.includes('"by":"person:'))).toBe(
      true,
    );

    // A millisecond later, or nine earlier: another one whatever it was.
    const another = (_time: string, digit: string) => `${(Number(digit) + 1) % 10}Z"`;
    const forgery = (lines[2] ?? '').replace(/(\d)Z"/, another);
    expect(forgery).not.toBe(lines[2]);
    await writeFile(file('forged'), `${lines.with(2, forgery).join('\n')}\n`);
    const forged = await runSkep([
      'audit',
      'verify',
      '--log',
      file('forged'),
      '--head',
      file('head'),
      '--json',
    ]);
    expect(forged.exitCode).toBe(1);
    expect(JSON.parse(forged.out)).toMatchObject({
      code: 'ERR_LEDGER_BROKEN',
      message: expect.stringContaining('entry 4 does not name the hash of entry 3') as unknown,
    });
  });

  it('proves that the log still begins as it did', async () => {
    await enrollOnce(cloud(), 'CN=later');
    await cloud().invokeTimer('timer-issuance-log');
    const outcome = await skep('audit', 'verify', '--since', file('head'));
    expect(outcome).toMatchObject({ exitCode: 0, result: { status: 'ok' } });
  });

  it('needs a head to compare a saved log with', async () => {
    expect((await skep('audit', 'verify', '--log', file('log'))).exitCode).toBe(2);
    expect((await skep('audit', 'verify', '--head', file('log'))).exitCode).toBe(2);
  });

  it('sees what was changed in the storage: a row, then a line of the log', async () => {
    const certificates = table(CERTIFICATES_TABLE);
    const key = certificateKey(serial.toUpperCase());
    const partition = partitionOf(serial.toUpperCase());
    const row = await certificates.get(partition, key, budget());
    const { PartitionKey: _p, RowKey: _k, Timestamp: _t, ...columns } = row?.columns ?? {};
    const kept = Object.fromEntries(Object.entries(columns).filter(([name]) => !name.startsWith('odata.')));
    await certificates.write(partition, [{ kind: 'delete', key }], budget());
    expect(kinds(await audit())).toContain('entry-without-row');
    await certificates.write(
      partition,
      [{ kind: 'insert', key, row: { ...kept, Certificate: kept['Tbs'] ?? '' } }],
      budget(),
    );
    expect(kinds(await audit())).toContain('row-differs');

    const log = table(LEDGER_TABLE);
    const line = await log.get('log', 'e|000000000002', budget());
    const text = line?.columns['Line'] ?? '';
    await log.write(
      'log',
      [{ kind: 'put', key: 'e|000000000002', row: { Line: text.replace(/[0-9]Z"/, 'xZ"') } }],
      budget(),
    );
    const broken = await skep('audit', 'verify');
    expect(broken).toMatchObject({ exitCode: 1, result: { code: 'ERR_LEDGER_BROKEN' } });
    expect(broken.result.message).toContain('entry 2 cannot be read');
  });
});
