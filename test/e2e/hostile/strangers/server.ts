/** @module The built server as a process of its own, whose memory is its alone: storage and Intune are elsewhere. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../../../dev/azurite.js';
import { listSettings } from '../../../../dev/intune/control/settings.js';
import { startIntuneSimulator } from '../../../../dev/intune/server.js';
import type { CaCertificates } from '../../../../dev/scep-client/index.js';
import type { JournalEntry } from '../../../../lib/journal/recorder.js';
import { readCa } from '../../../bench/peers.js';
import { findFreePort } from '../../../support/free-port.js';
import { pem } from '../../../support/openssl.js';
import { OTHER_KEY, selfSigned } from '../../../support/scep-bench.js';
import { startServerProcess, type ServerProcess } from '../../../support/server-process.js';
import { dumpTables } from '../../audit/written.js';
import type { Workshop } from './row.js';

export interface StrangersServer {
  readonly server: ServerProcess;
  /** Where SCEP messages go. */
  readonly url: string;
  readonly ca: CaCertificates;
  readonly workshop: Workshop;
  /** All lines of the server's log. */
  readonly lines: readonly string[];
  readJournal(): Promise<readonly JournalEntry[]>;
  /** Rows of all tables, as text. */
  readTables(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** With an Intune that says Success to everything, and a directory that knows one device. */
export async function startStrangersServer(): Promise<StrangersServer> {
  const folder = await mkdtemp(join(tmpdir(), 'skep-strangers-'));
  await mkdir(join(folder, 'keys'));
  const [azurite, simulator] = await Promise.all([startAzurite(), startIntuneSimulator()]);
  for (const endpoint of ['validateRequest', 'successNotification'] as const)
    simulator.faults.add({ kind: 'unknownCode', endpoint, code: 'Success' });
  const intune = listSettings(simulator.state, simulator.url);
  if (!intune) throw new Error('the Intune simulator has no app registration');
  const lines: string[] = [];
  const server = await startServerProcess(
    (address) => ({
      SKEP_PUBLIC_URL: address,
      SKEP_LOG_LEVEL: 'info',
      SKEP_KEYS: 'file',
      SKEP_KEYS_FOLDER: join(folder, 'keys'),
      SKEP_STORAGE_CONNECTION: azurite.connectionString,
      SKEP_TENANT_ID: intune.tenantId,
      SKEP_GRAPH_URL: intune.graphBaseUrl,
      SKEP_INTUNE_HOSTS: new URL(simulator.url).host,
      SKEP_DIRECTORY: 'on',
      SKEP_REQUIRE_IDENTITY: 'true',
      SKEP_PROTECTED_DOMAINS: 'corp.example',
      IDENTITY_ENDPOINT: intune.identityEndpoint,
      IDENTITY_HEADER: intune.identityHeader,
    }),
    await findFreePort(),
    (line) => lines.push(line),
  );
  const base = `${server.url}/certsrv/mscep/mscep.dll`;
  const ca = await readCa(base);
  const workshop = {
    folder,
    recipient: join(folder, 'recipient.pem'),
    stranger: join(folder, 'stranger.pem'),
  };
  await writeFile(workshop.recipient, pem(ca.encryption.der));
  await writeFile(workshop.stranger, pem(selfSigned(OTHER_KEY).certificate.der));
  const readTables = () => dumpTables(azurite.connectionString);
  return {
    server,
    url: `${base}/pkiclient.exe?operation=PKIOperation`,
    ca,
    workshop,
    lines,
    async readJournal() {
      const rows = (await readTables()).get('journal') ?? [];
      // An entry lies there once for each way to find it; `t` is the one by its time.
      return rows
        .map((row) => JSON.parse(row) as { readonly rowKey: string; readonly Entry: string })
        .filter(({ rowKey }) => rowKey.startsWith('t|'))
        .map(({ Entry }) => JSON.parse(Entry) as JournalEntry);
    },
    readTables: async () => [...(await readTables()).values()].flat(),
    async close() {
      await server.close();
      await Promise.all([azurite.close(), simulator.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
