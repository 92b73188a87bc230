/** @module `ready.json`: where the local cloud says at which addresses it answers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { CliError, EXIT, type Terminal } from './terminal.js';

const ReadyFile = v.object({
  scep: v.object({ intune: v.string(), static: v.nullable(v.string()) }),
  health: v.optional(v.string()),
  /** Client id of the app's managed identity. */
  identity: v.optional(v.string()),
  /** Absent where the local cloud was started without it. */
  management: v.optional(
    v.object({
      url: v.string(),
      tokenUrl: v.string(),
      clientId: v.string(),
      clientSecret: v.string(),
      scope: v.string(),
    }),
  ),
  vault: v.optional(v.nullable(v.string()), null),
  storage: v.optional(v.string(), ''),
  /** The Intune simulator. */
  intune: v.optional(v.string()),
  /** The local cloud's own process first. */
  pids: v.optional(v.array(v.number()), []),
});

type ReadyFile = v.InferOutput<typeof ReadyFile>;

const beside = ({ env }: Terminal, name: string): string => path.join(env['SKEP_DATA_DIR'] ?? '.skep', name);

/** How an app in Azure is named instead, for commands that can work on either. */
const ELSEWHERE = {
  management: 'For an app in Azure, give --url and --audience, or set SKEP_URL and SKEP_API_AUDIENCE.',
  address: 'For an app in Azure, give its address, or set SKEP_URL.',
  vault:
    'For a CA in Azure, give --vault, --blobs and --tables, or set SKEP_VAULT_URL, SKEP_BLOBS_URL and SKEP_TABLES_URL as the app has them.',
  endpoint: 'For another server, give --url.',
} as const;

/** @throws {CliError} when no local cloud runs here. */
function readReadyFile(terminal: Terminal, elsewhere?: keyof typeof ELSEWHERE): ReadyFile {
  const file = beside(terminal, 'ready.json');
  try {
    const ready = v.parse(ReadyFile, JSON.parse(readFileSync(file, 'utf8')));
    if (!isRunning(ready)) throw new Error(`process ${ready.pids[0]} has ended`);
    return ready;
  } catch (cause) {
    throw new CliError(
      EXIT.failed,
      'ERR_NOT_RUNNING',
      elsewhere === undefined
        ? `No local cloud answers here: ${file} is missing, unreadable or left behind.`
        : `Nothing says which server is meant, and no local cloud answers here: ${file} is missing, unreadable or left behind.`,
      [
        ...(elsewhere === undefined ? [] : [ELSEWHERE[elsewhere]]),
        'For the local cloud, run `npm start` in another terminal and wait for the line that starts with "ready".',
      ].join(' '),
      { cause },
    );
  }
}

/** The SCEP URL of the local Intune endpoint. @throws {CliError} when no local cloud runs. */
export const intuneEndpoint = (terminal: Terminal): string => readReadyFile(terminal, 'address').scep.intune;

/** The SCEP URL of the local static endpoint. @throws {CliError} when it is off. */
export function staticEndpoint(terminal: Terminal): string {
  const { scep } = readReadyFile(terminal, 'endpoint');
  if (scep.static === null) {
    throw new CliError(
      EXIT.failed,
      'ERR_STATIC_OFF',
      'The static endpoint of the local cloud is off.',
      'Start it with a challenge: SKEP_STATIC_CHALLENGE=<text> npm start.',
    );
  }
  return scep.static;
}

/** How to reach and sign in to the management functions of the local cloud. @throws {CliError} when none runs. */
export function localManagement(terminal: Terminal): NonNullable<ReadyFile['management']> {
  const { management } = readReadyFile(terminal, 'management');
  if (management) return management;
  throw new CliError(
    EXIT.failed,
    'ERR_MANAGEMENT_OFF',
    'The local cloud has no management functions.',
    'Start it again with `npm start`.',
  );
}

/** The local cloud's Intune simulator, if there is one. @throws {CliError} when no local cloud runs. */
export const localIntune = (terminal: Terminal): string | undefined => readReadyFile(terminal).intune;

/** Whether the local cloud keeps its keys in a vault. @throws {CliError} when none runs. */
export const hasLocalVault = (terminal: Terminal): boolean => readReadyFile(terminal).vault !== null;

export interface LocalVault {
  readonly url: string;
  /** PEM: the simulator's own TLS certificate. */
  readonly certificate: string;
  /** Connection string of the storage emulator. */
  readonly storage: string;
}

/** The local cloud's Key Vault simulator, and the storage beside it. @throws {CliError} when it has none. */
export function localVault(terminal: Terminal): LocalVault {
  const { vault: url, storage } = readReadyFile(terminal, 'vault');
  if (url === null || storage === '') {
    throw new CliError(
      EXIT.failed,
      'ERR_VAULT_OFF',
      'The local cloud keeps its keys in files, not in a vault.',
      `${ELSEWHERE.vault} For the local cloud, start it with SKEP_KEYS=vault npm start.`,
    );
  }
  return { url, certificate: readFileSync(beside(terminal, 'vault.pem'), 'utf8'), storage };
}

/** One that was killed leaves its file behind. */
function isRunning({ pids: [pid] }: ReadyFile): boolean {
  if (pid === undefined) return true;
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // It is there, and somebody else's.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** Whether one runs here. */
export function hasLocalCloud(terminal: Terminal): boolean {
  try {
    readReadyFile(terminal);
    return true;
  } catch {
    return false;
  }
}

/** The simulator of Entra, Graph and Intune. @throws {CliError} when no local cloud runs. */
export function localSimulator(terminal: Terminal): string {
  const { intune } = readReadyFile(terminal);
  if (intune !== undefined) return intune;
  throw new CliError(
    EXIT.failed,
    'ERR_NOT_RUNNING',
    'The local cloud has no simulator of Intune.',
    'Start it again with `npm start`.',
  );
}

export interface LocalSetup {
  /** Client id of the app's identity. */
  readonly identity: string;
  readonly health: string;
  /** Whether its keys are in the simulated vault. */
  readonly vault: boolean;
}

/** What `skep setup` works on, where a local cloud runs. */
export function localSetup(terminal: Terminal): LocalSetup | undefined {
  if (!hasLocalCloud(terminal)) return undefined;
  const { identity, health, vault } = readReadyFile(terminal);
  return identity !== undefined && health !== undefined
    ? { identity, health, vault: vault !== null }
    : undefined;
}
