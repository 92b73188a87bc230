/** @module What the commands of `skep ca` work with: the vault, the published CA certificates, the store. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { TokenCredential } from '@azure/core-auth';
import { systemClock, type Clock } from '../../lib/base/clock.js';
import { silentLogger } from '../../lib/base/log.js';
import { systemRandom, type RandomBytes } from '../../lib/base/random.js';
import type { CaCertificateStore } from '../../lib/keys/ca-certificates.js';
import type { CaKey } from '../../lib/keys/ca-life.js';
import { openVaultKey, type VaultKey } from '../../lib/keys/key-vault.js';
import type { VaultConnection } from '../../lib/keys/vault-connection.js';
import { createBlobPublications } from '../../lib/store/blob-publications.js';
import { createCaPublications } from '../../lib/store/ca-publications.js';
import type { StoreConnection } from '../../lib/store/connection.js';
import type { CertificateSearch } from '../../lib/store/store.js';
import { createTableStore } from '../../lib/store/table-store.js';
import { localVault } from '../ready-file.js';
import { usageError, type Terminal } from '../terminal.js';

/** Options that every command of `skep ca` takes, as commander hands them over. */
export interface RawToolOptions {
  readonly vault?: string;
  readonly blobs?: string;
  readonly tables?: string;
  readonly key: string;
  readonly mode: string;
  readonly json?: boolean;
}

/** A version of the CA's vault key. */
export type OpenedCaKey = VaultKey & CaKey;

export interface CaTools {
  readonly vault: VaultConnection;
  readonly keyName: string;
  readonly mode: 'ra' | 'ca';
  readonly cas: CaCertificateStore;
  readonly certificates: CertificateSearch;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** @param version default: the newest. @throws {SkepError} `ERR_SIGNER_…`, `ERR_CONFIG` */
  openKey(version?: string): Promise<OpenedCaKey>;
}

/** Settings of the app name the defaults, so that both mean the same. */
export function addToolOptions(command: Command, { env }: Terminal): Command {
  const option = (flags: string, about: string, value?: string) =>
    new Option(flags, about).default(value || undefined);
  return command
    .addOption(option('--vault <url>', 'key vault; or SKEP_VAULT_URL', env['SKEP_VAULT_URL']))
    .addOption(option('--blobs <url>', 'blob endpoint; or SKEP_BLOBS_URL', env['SKEP_BLOBS_URL']))
    .addOption(option('--tables <url>', 'table endpoint; or SKEP_TABLES_URL', env['SKEP_TABLES_URL']))
    .addOption(option('--key <name>', 'CA key in the vault; or SKEP_CA_KEY', env['SKEP_CA_KEY'] || 'skep-ca'))
    .addOption(
      option('--mode <mode>', 'as SKEP_SCEP_MODE of the app', env['SKEP_SCEP_MODE'] || 'ra').choices([
        'ra',
        'ca',
      ]),
    )
    .option('--json', 'print one JSON object and nothing else');
}

/**
 * Reaches nothing yet. Without a vault, the local cloud's is meant.
 * @throws {CliError} for missing options, or when there is no local cloud with a vault.
 */
export function createTools(raw: RawToolOptions, terminal: Terminal): CaTools {
  const { vault, storage } =
    raw.vault === undefined ? connectLocally(terminal) : connectToAzure(raw.vault, raw);
  const clock = systemClock;
  const random = systemRandom;
  const defaults = { connection: vault, name: raw.key, clock, random, wait: (ms: number) => sleep(ms) };
  return {
    vault,
    keyName: raw.key,
    mode: raw.mode === 'ca' ? 'ca' : 'ra',
    cas: createCaPublications(createBlobPublications({ connection: storage })),
    certificates: createTableStore({ connection: storage, logger: silentLogger }),
    clock,
    random,
    async openKey(version) {
      const key = await openVaultKey({ ...defaults, ...(version ? { version } : {}) });
      return { ...key, name: raw.key };
    },
  };
}

interface Connections {
  readonly vault: VaultConnection;
  readonly storage: StoreConnection;
}

function connectLocally(terminal: Terminal): Connections {
  const { url, certificate, storage } = localVault(terminal);
  return {
    // Its simulator lets in whoever shows a token.
    vault: {
      url,
      credential: tokenOf('local'),
      trustedCertificate: certificate,
      foreignDomain: true,
    },
    storage: { kind: 'connectionString', value: storage },
  };
}

function connectToAzure(url: string, { blobs, tables }: RawToolOptions): Connections {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw usageError(`--vault is no https URL: ${url}`, 'It looks like https://contoso.vault.azure.net.');
  if (!blobs || !tables)
    throw usageError(
      'The storage account is missing.',
      'Give --blobs and --tables as the app has them (SKEP_BLOBS_URL, SKEP_TABLES_URL).',
    );
  const credential = signedIn();
  return {
    vault: { url: url.replace(/\/+$/, ''), credential },
    storage: { kind: 'identity', blobsUrl: blobs, tablesUrl: tables, credential },
  };
}

const tokenOf = (token: string): TokenCredential => ({
  getToken: () => Promise.resolve({ token, expiresOnTimestamp: systemClock.now().getTime() + 3_600_000 }),
});

/** Whoever is signed in: Azure CLI, PowerShell, a pipeline's identity. The SDK is loaded when it is needed. */
function signedIn(): TokenCredential {
  let made: Promise<TokenCredential> | undefined;
  const make = async () => new (await import('@azure/identity')).DefaultAzureCredential();
  return { getToken: async (scopes, options) => (await (made ??= make())).getToken(scopes, options) };
}
