/** @module The key vault of the local cloud: a simulator, with a CA key as Bicep would have made it, and its certificate. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../lib/base/clock.js';
import { systemRandom } from '../lib/base/random.js';
import { createRoot, replaceCa } from '../lib/keys/ca-life.js';
import { openVaultKey } from '../lib/keys/key-vault.js';
import type { KeyType } from '../lib/keys/key-types.js';
import type { VaultConnection } from '../lib/keys/vault-connection.js';
import { createBlobPublications } from '../lib/store/blob-publications.js';
import { createCaPublications } from '../lib/store/ca-publications.js';
import type { CreateKeyOptions } from './vault/keys.js';
import { startVaultSimulator, type VaultSimulator } from './vault/server.js';

/** As the app's settings name them; what is unset has the app's default. */
export interface LocalVaultOptions {
  readonly dataDir: string;
  readonly storage: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface LocalVault {
  readonly simulator: VaultSimulator;
  /** Settings of the app. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Beside ready.json, for whoever wants to reach the simulator: it makes its own TLS certificate. */
export const VAULT_CERTIFICATE_FILE = 'vault.pem';

const VAULT_KEYS = {
  'RSA-2048': { kty: 'RSA-HSM', size: 2048 },
  'RSA-3072': { kty: 'RSA-HSM', size: 3072 },
  'RSA-4096': { kty: 'RSA-HSM', size: 4096 },
  'EC-P256': { kty: 'EC-HSM', size: 'P-256' },
  'EC-P384': { kty: 'EC-HSM', size: 'P-384' },
} as const satisfies Record<KeyType, CreateKeyOptions>;

/** Keys and certificates that are there are used; missing ones are made. */
export async function startLocalVault({
  dataDir,
  storage,
  environment,
}: LocalVaultOptions): Promise<LocalVault> {
  const simulator = await startVaultSimulator({ stateFile: join(dataDir, 'vault.json') });
  try {
    await writeFile(join(dataDir, VAULT_CERTIFICATE_FILE), simulator.certificate);
    const name = environment['SKEP_CA_KEY'] ?? 'skep-ca';
    const mode = environment['SKEP_SCEP_MODE'] === 'ca' ? 'ca' : 'ra';
    if (!simulator.state.keys[name]) {
      const type = environment['SKEP_CA_KEY_TYPE'] ?? 'RSA-3072';
      if (!isKeyType(type)) throw new Error(`SKEP_CA_KEY_TYPE: ${type} is no kind of key`);
      const operations = ['sign', 'verify', ...(mode === 'ca' ? ['decrypt'] : [])];
      simulator.createKey(name, { ...VAULT_KEYS[type], operations });
    }
    await ensureCa({ simulator, storage, name, mode, subject: environment['SKEP_CA_SUBJECT'] });
    return {
      simulator,
      settings: {
        SKEP_VAULT_URL: simulator.url,
        SKEP_VAULT_SIMULATOR_CERTIFICATE: simulator.certificate,
      },
    };
  } catch (thrown) {
    await simulator.close();
    throw thrown;
  }
}

interface Ceremony {
  readonly simulator: VaultSimulator;
  readonly storage: string;
  readonly name: string;
  readonly mode: 'ra' | 'ca';
  readonly subject: string | undefined;
}

/** What `skep ca init` does. */
async function ensureCa({ simulator, storage, name, mode, subject }: Ceremony): Promise<void> {
  const connection = { kind: 'connectionString', value: storage } as const;
  const store = createCaPublications(createBlobPublications({ connection }));
  if (await store.load()) return;
  const clock = systemClock;
  const random = systemRandom;
  const key = await openVaultKey({
    connection: connectToLocalVault(simulator.url, simulator.certificate),
    name,
    clock,
    random,
    wait: (ms) => sleep(ms),
  });
  const root = await createRoot({
    key: { name, version: key.version, signer: key.signer },
    subject: subject ?? 'CN=Skep Local CA',
    mode,
    clock,
    random,
  });
  await store.save(replaceCa(root), undefined);
}

/** The simulator lets in whoever shows a token. */
export const connectToLocalVault = (url: string, certificate: string): VaultConnection => ({
  url,
  credential: {
    getToken: () =>
      Promise.resolve({ token: 'local', expiresOnTimestamp: systemClock.now().getTime() + 3_600_000 }),
  },
  trustedCertificate: certificate,
  foreignDomain: true,
});

const isKeyType = (text: string): text is KeyType => Object.hasOwn(VAULT_KEYS, text);
