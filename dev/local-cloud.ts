/** @module The whole local cloud: storage emulator, Intune simulator, and the deployable in our Functions host. */
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { systemClock } from '../lib/base/clock.js';
import { createLogger } from '../lib/base/log.js';
import { startAzurite } from './azurite.js';
import { startLocalHost, type LocalHost, type LocalHostOptions } from './host/host.js';
import { readHostJson, type AppLocation } from './host/host-json.js';
import type { HostLog } from './host/host-log.js';
import { listSettings } from './intune/control/settings.js';
import { SEED_IDS } from './intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from './intune/server.js';
import type { VaultSimulator } from './vault/server.js';
import { startLocalVault } from './local-vault.js';
import { describeManagement, managementSettings, type ManagementAccess } from './management.js';
import { projectRoot } from './project-root.js';

export interface LocalCloudOptions {
  /** 0 for a free one. */
  readonly port: number;
  readonly simulatorPort: number;
  /** Keys, tables, blobs and ready.json lie here. */
  readonly dataDir: string;
  /** Settings of the app beside those that the local cloud makes, e.g. SKEP_STATIC_CHALLENGE. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder of a package (`npm run package`). Default: the one that SKEP_APP_DIR names, or what `npm run build` made. */
  readonly appDir?: string;
  /** Connection string of storage that is there already. Default: an emulator of its own. */
  readonly storage?: string;
  /** Default: in this process. */
  readonly startHost?: (options: LocalHostOptions) => Promise<StartedHost>;
  readonly log: HostLog;
}

export type StartedHost = Pick<LocalHost, 'url' | 'invokeTimer' | 'close'>;

/** What ready.json says. */
export interface Ready {
  readonly scep: { readonly intune: string; readonly static: string | null };
  readonly ocsp: string;
  readonly crl: string;
  readonly ca: string;
  readonly status: string;
  readonly health: string;
  /** The Intune simulator. */
  readonly intune: string;
  /** Client id of the managed identity that the app signs in with. */
  readonly identity: string;
  /** The Key Vault simulator, with SKEP_KEYS=vault; vault.pem beside this file is its TLS certificate. */
  readonly vault: string | null;
  /** Connection string of the storage emulator. */
  readonly storage: string;
  readonly management: ManagementAccess;
  readonly pids: readonly number[];
}

export interface LocalCloud {
  readonly ready: Ready;
  readonly readyFile: string;
  readonly simulator: IntuneSimulator;
  /** With SKEP_KEYS=vault. */
  readonly vault?: VaultSimulator;
  invokeTimer(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts everything, waits until all of it answers, then writes ready.json.
 * @throws {Error} when a part does not come up; whatever was started is stopped again.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const dataDir = resolve(options.dataDir);
  const readyFile = join(dataDir, 'ready.json');
  await mkdir(dataDir, { recursive: true });
  await rm(readyFile, { force: true });

  const started: { close(): Promise<unknown> }[] = [];
  const close = async (): Promise<void> => {
    await rm(readyFile, { force: true });
    for (const part of started.splice(0).reverse()) await part.close();
  };
  try {
    const [azurite, simulator] = await Promise.all([
      options.storage === undefined ? startAzurite({ folder: join(dataDir, 'azurite') }) : undefined,
      startIntuneSimulator({
        port: options.simulatorPort,
        tokenClock: systemClock,
        log: createLogger((level, message) => {
          options.log({ level: level === 'warn' ? 'warning' : 'information', category: 'host', message });
        }, 'error'),
      }),
    ]);
    started.push(...(azurite ? [azurite] : []), simulator);
    // Certificates name the port, so it is chosen before there is a server on it.
    const port = options.port || (await findFreePort());
    const storage = azurite?.connectionString ?? options.storage ?? '';
    const vault =
      options.environment['SKEP_KEYS'] === 'vault'
        ? await startLocalVault({ dataDir, storage, environment: options.environment })
        : undefined;
    if (vault) started.push(vault.simulator);
    const environment = {
      ...appSettings(port, dataDir, storage, simulator),
      ...vault?.settings,
      ...options.environment,
    };
    const { startHost = startLocalHost } = options;
    const host = await startHost({
      ...chooseApp(options.appDir ?? process.env['SKEP_APP_DIR']),
      port,
      environment,
      log: options.log,
    });
    started.push(host);

    const base = host.url;
    const ready: Ready = {
      scep: {
        intune: `${base}/certsrv/mscep/mscep.dll`,
        static: environment['SKEP_STATIC_CHALLENGE'] ? `${base}/static` : null,
      },
      ocsp: `${base}/ocsp`,
      crl: `${base}/crl/ca.crl`,
      ca: `${base}/ca/ca.pem`,
      status: `${base}/`,
      health: `${base}/health`,
      intune: simulator.url,
      identity: SEED_IDS.client,
      vault: vault?.simulator.url ?? null,
      storage,
      management: describeManagement(base, simulator.url),
      pids: [process.pid, ...(azurite ? [azurite.pid] : [])],
    };
    await assertAnswers(ready);
    await pointProfileAtUs(simulator, ready);
    await writeAtomically(readyFile, `${JSON.stringify(ready, null, 2)}\n`);
    return {
      ready,
      readyFile,
      simulator,
      ...(vault ? { vault: vault.simulator } : {}),
      invokeTimer: (name) => host.invokeTimer(name),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function chooseApp(appDir: string | undefined): AppLocation {
  if (appDir) return { appDir: resolve(appDir) };
  const bundle = join(projectRoot(), 'dist', 'functions', 'main.cjs');
  return { bundle, hostJson: readHostJson(join(projectRoot(), 'host.json')) };
}

/** The settings that a deployment would get from Bicep. */
function appSettings(
  port: number,
  dataDir: string,
  storage: string,
  simulator: IntuneSimulator,
): Record<string, string | undefined> {
  const intune = listSettings(simulator.state, simulator.url);
  if (!intune) throw new Error('the Intune simulator has no app registration');
  return {
    SKEP_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SKEP_KEYS: 'file',
    SKEP_KEYS_FOLDER: join(dataDir, 'keys'),
    SKEP_STORAGE_CONNECTION: storage,
    SKEP_TENANT_ID: intune.tenantId,
    SKEP_GRAPH_URL: intune.graphBaseUrl,
    SKEP_INTUNE_HOSTS: new URL(simulator.url).host,
    SKEP_DIRECTORY: 'on',
    // Keys that lay in the folder before may have issued what this store has never seen.
    SKEP_RENEWAL_UNKNOWN: 'accept',
    ...managementSettings(simulator.url),
    // The app signs in as it does in Azure: by a managed identity, here the simulator's.
    IDENTITY_ENDPOINT: intune.identityEndpoint,
    IDENTITY_HEADER: intune.identityHeader,
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Everything is asked what a device or an administrator would ask; the first answer also makes keys and CRL. */
async function assertAnswers(ready: Ready): Promise<void> {
  const { scep } = ready;
  const health = await ask(ready.health);
  if (!health.ok) throw new Error(`not healthy: ${await health.text()}`);
  const urls = [
    `${scep.intune}?operation=GetCACert`,
    ...(scep.static ? [`${scep.static}?operation=GetCACaps`] : []),
    ready.crl,
    ready.ca,
    ready.status,
    `${ready.intune}/_sim/calls`,
  ];
  await Promise.all(
    urls.map(async (url) => {
      const response = await ask(url);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    }),
  );
}

/** As Azure's front end hands on what came over HTTPS, for SKEP_HTTPS_ONLY. */
const ask = (url: string): Promise<Response> => fetch(url, { headers: { 'x-forwarded-proto': 'https' } });

/** The seeded profile names this server and pins its CA, as an administrator would have done in Intune. */
async function pointProfileAtUs(simulator: IntuneSimulator, ready: Ready): Promise<void> {
  const ca = new X509Certificate(await (await fetch(ready.ca)).text());
  const profile = simulator.state.profiles.get(SEED_IDS.profile);
  if (!profile) return;
  const caThumbprint = createHash('sha1').update(ca.raw).digest('hex').toUpperCase();
  simulator.state.profiles.set(SEED_IDS.profile, {
    ...profile,
    serverUrls: [ready.scep.intune],
    caThumbprint,
  });
}

async function writeAtomically(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

export async function readReady(dataDir: string): Promise<Ready> {
  return JSON.parse(await readFile(join(dataDir, 'ready.json'), 'utf8')) as Ready;
}
