/**
 * @module One server process among its neighbours: storage, Intune and the key vault, each behind a proxy that
 * misbehaves on demand, and one time for all of them, which the test moves.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../../dev/azurite.js';
import { listSettings } from '../../../dev/intune/control/settings.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { startLocalVault } from '../../../dev/local-vault.js';
import { makeTlsIdentity } from '../../../dev/vault/tls.js';
import { HOUR_MS, MINUTE_MS, type Clock } from '../../../lib/base/clock.js';
import { startFaultyProxy, type FaultyProxy, type SeenRequest } from '../../support/faulty-proxy.js';
import { findFreePort } from '../../support/free-port.js';
import { startServerProcess, type ServerProcess } from '../../support/server-process.js';
import { identifiers, isCaSignature, THROTTLING, type Neighbour } from './steps.js';

export interface World {
  readonly server: ServerProcess;
  readonly simulator: IntuneSimulator;
  readonly clock: Clock;
  readonly proxies: Readonly<Record<Neighbour, FaultyProxy>>;
  /** Azurite: its data survive a stop. */
  readonly storage: {
    /** Straight to it, past the proxies. */
    readonly connectionString: string;
    stop(): Promise<void>;
    /** On the same ports. */
    start(): Promise<void>;
  };
  /** SHA-256 digests, base64url, that the CA key has signed, in order. */
  readonly signed: readonly string[];
  /** The same of CRLs, as the server's log has them: one whose publication failed was signed all the same. */
  readonly crls: ReadonlySet<string>;
  /** Milliseconds since anything came or went between the server and its neighbours. */
  quietMs(): number;
  moveTime(byMs: number): Promise<void>;
  /** Moves to five minutes past the next hour, when no timer is at work, nor will be soon. */
  moveToQuietTime(): Promise<void>;
  /** Lets the timers that a jump in time has woken come to their end. */
  settleTimers(): Promise<void>;
  /** Starts the server again, with the other settings if given. */
  startServer(settings?: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

const CA_KEY_TYPE = 'RSA-2048';

export interface WorldOptions {
  /** Whether the storage keeps its data in a folder, as it must to be stopped and started. */
  readonly durable?: boolean;
  /** Of the server, beside what it needs here; for the whole life of the world. */
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-faults-'));
  const inFolder = options.durable ? { folder: join(dataDir, 'azurite') } : {};
  const [first, simulator, tls] = await Promise.all([
    startAzurite(inFolder),
    startIntuneSimulator(),
    makeTlsIdentity(),
  ]);
  let azurite = first;
  const portOf = (url: string) => Number(new URL(url).port);
  const vault = await startLocalVault({
    dataDir,
    storage: azurite.connectionString,
    environment: { SKEP_CA_KEY_TYPE: CA_KEY_TYPE },
  });

  let activeAt = performance.now();
  const onActivity = (): void => {
    activeAt = performance.now();
  };
  const signed: string[] = [];
  const crls = new Set<string>();
  const identify = identifiers(options.settings?.['SKEP_INTUNE_NOTIFY'] === 'deferred');
  const listen = (neighbour: Neighbour, target: string, options = {}) =>
    startFaultyProxy(target, {
      identify: identify[neighbour],
      throttleAnswer: THROTTLING[neighbour],
      onActivity,
      ...options,
    });
  const proxies = {
    tables: await listen('tables', azurite.tableUrl),
    intune: await listen('intune', simulator.url),
    vault: await listen('vault', vault.simulator.url, {
      tls,
      targetCertificate: vault.simulator.certificate,
      readdress: true,
      onCarriedOut: ({ path, body }: SeenRequest, status: number) => {
        if (status === 200 && isCaSignature(path)) signed.push(signedDigest(body));
      },
    }),
  };
  const blobs = await startFaultyProxy(azurite.blobUrl, { onActivity });

  const port = await findFreePort();
  const intune = listSettings(simulator.state, proxies.intune.url);
  if (!intune) throw new Error('the Intune simulator has no app registration');
  const viaProxies = azurite.connectionString
    .replace(new URL(azurite.tableUrl).host, new URL(proxies.tables.url).host)
    .replace(new URL(azurite.blobUrl).host, new URL(blobs.url).host);
  const describeApp = (url: string): Record<string, string> => ({
    SKEP_PUBLIC_URL: url,
    SKEP_LOG_LEVEL: 'info',
    SKEP_KEYS: 'vault',
    SKEP_VAULT_URL: proxies.vault.url,
    SKEP_VAULT_SIMULATOR_CERTIFICATE: tls.certificate,
    SKEP_STORAGE_CONNECTION: viaProxies,
    SKEP_TENANT_ID: intune.tenantId,
    SKEP_GRAPH_URL: intune.graphBaseUrl,
    SKEP_INTUNE_HOSTS: new URL(proxies.intune.url).host,
    IDENTITY_ENDPOINT: `${simulator.url}/msi/token`,
    IDENTITY_HEADER: intune.identityHeader,
    ...options.settings,
  });
  const server = await startServerProcess(describeApp, port, (line) => {
    const [, digest] = /Signed a CRL .*tbs=([\w-]{43})/.exec(line) ?? [];
    if (digest !== undefined) crls.add(digest);
  });
  const clock: Clock = { now: () => new Date(Date.now() + server.aheadMs) };
  await pointProfileAt(simulator, `${server.url}/certsrv/mscep/mscep.dll`, server.url);

  async function moveTime(byMs: number): Promise<void> {
    simulator.clock.advance(byMs);
    await server.moveTime(byMs);
  }

  async function settleTimers(): Promise<void> {
    for (const timer of ['timer-crl', 'timer-sweep', 'timer-outbox']) await server.runTimer(timer);
  }

  return {
    server,
    simulator,
    clock,
    proxies,
    storage: {
      connectionString: azurite.connectionString,
      stop: () => azurite.close(),
      async start() {
        const { blobUrl, tableUrl } = azurite;
        azurite = await startAzurite({ ...inFolder, blobPort: portOf(blobUrl), tablePort: portOf(tableUrl) });
      },
    },
    signed,
    crls,
    quietMs: () => performance.now() - activeAt,
    moveTime,
    async moveToQuietTime() {
      const sinceHourMs = clock.now().getTime() % HOUR_MS;
      await moveTime(HOUR_MS - sinceHourMs + 5 * MINUTE_MS);
      await settleTimers();
    },
    settleTimers,
    startServer: (settings) => server.start(settings && { ...describeApp(server.url), ...settings }),
    async close() {
      await server.close();
      await Promise.all([...Object.values(proxies), blobs].map((proxy) => proxy.close()));
      await Promise.all([azurite.close(), simulator.close(), vault.simulator.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The seeded profile names this server, and every device is assigned to it. */
async function pointProfileAt(simulator: IntuneSimulator, scepUrl: string, url: string): Promise<void> {
  const { state } = simulator;
  const profile = state.profiles.get(SEED_IDS.profile);
  const assignment = state.assignments.get(SEED_IDS.assignment);
  if (!profile || !assignment) throw new Error('the Intune simulator has no profile');
  const ca = new X509Certificate(await fetchCa(url));
  const caThumbprint = createHash('sha1').update(ca.raw).digest('hex').toUpperCase();
  state.profiles.set(profile.id, { ...profile, serverUrls: [scepUrl], caThumbprint });
  state.assignments.set(assignment.id, { ...assignment, target: 'allDevices', targetId: '' });
}

/** The first who asks waits for the vault, and on a busy machine not long enough. */
async function fetchCa(url: string, attempts = 10): Promise<string> {
  const answer = await fetch(`${url}/ca/ca.pem`);
  const text = await answer.text();
  if (answer.ok) return text;
  if (answer.status !== 503 || attempts === 1) throw new Error(`no CA certificate: ${text}`);
  return fetchCa(url, attempts - 1);
}

function signedDigest(body: Buffer): string {
  return (JSON.parse(body.toString('utf8')) as { readonly value: string }).value;
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');
