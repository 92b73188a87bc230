/** @module The whole local cloud with its keys in the vault simulator, in this process, so that a test sees the vault's meter. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createScepClient, generateRsaKey, OID, type Certificate } from '../../dev/scep-client/index.js';
import { startLocalCloud, type LocalCloud } from '../../dev/local-cloud.js';
import type { VaultSimulator } from '../../dev/vault/server.js';

export interface VaultCloud extends LocalCloud {
  readonly vault: VaultSimulator;
  readonly dataDir: string;
  /** What the app has logged. */
  readonly log: readonly string[];
}

const CHALLENGE = 'harbour-violet-2209';

/** One local cloud for the tests of a `describe`; to be asked for within tests and hooks only. */
export function useVaultCloud(environment: Readonly<Record<string, string>> = {}): () => VaultCloud {
  let cloud: VaultCloud | undefined;
  let dataDir: string | undefined;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'skep-vault-'));
    const log: string[] = [];
    const started = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir,
      environment: { SKEP_KEYS: 'vault', SKEP_STATIC_CHALLENGE: CHALLENGE, ...environment },
      log: ({ message }) => log.push(message),
    });
    if (!started.vault) throw new Error('the local cloud has no vault');
    cloud = { ...started, vault: started.vault, dataDir, log };
  });
  afterAll(async () => {
    await cloud?.close();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });
  return () => {
    if (!cloud) throw new Error('the local cloud is not up yet: ask within a test or a hook');
    return cloud;
  };
}

/** One device gets one certificate from the static endpoint; anything else is thrown. */
export async function enrollOnce(
  { ready }: Pick<LocalCloud, 'ready'>,
  subject: string,
): Promise<Certificate> {
  const client = createScepClient({ url: ready.scep.static ?? '', fetch });
  const result = await client.enroll({
    key: await deviceKey(),
    subject,
    challenge: CHALLENGE,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [OID.clientAuth],
  });
  if (result.status !== 'SUCCESS') throw new Error(`no certificate: ${JSON.stringify(result)}`);
  return result.certificate;
}

/** Which key a device has does not matter here, and making one is slow. */
let sharedKey: ReturnType<typeof generateRsaKey> | undefined;
const deviceKey = () => (sharedKey ??= generateRsaKey(2048));
