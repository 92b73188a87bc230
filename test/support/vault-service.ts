/** @module Instances of the enrollment service over one vault and one store, in this process, on a clock that a test moves. */
import type { KeyObject } from 'node:crypto';
import {
  createScepClient,
  generateRsaKey,
  OID,
  type Certificate,
  type ScepClient,
} from '../../dev/scep-client/index.js';
import type { CreateKeyOptions } from '../../dev/vault/keys.js';
import type { Clock } from '../../lib/base/clock.js';
import type { CaCertificateSet } from '../../lib/keys/ca-certificates.js';
import { createRoot, replaceCa, type CaKey } from '../../lib/keys/ca-life.js';
import { openVaultKey } from '../../lib/keys/key-vault.js';
import {
  createVaultAuthority,
  type VaultAuthority,
  type VaultAuthorityOptions,
} from '../../lib/keys/vault-authority.js';
import { createLogger } from '../../lib/base/log.js';
import { createMemoryStore, type MemoryStore } from '../../dev/memory-store.js';
import { createTestService } from './test-service.js';
import { keyDefaults, startTestVault, type TestVault } from './vault.js';

export interface VaultWorld {
  readonly vault: TestVault;
  readonly store: MemoryStore;
  readonly clock: Clock;
  readonly log: readonly string[];
  /** The published CA certificates; a test may replace them. */
  set: CaCertificateSet;
  /** The newest version of the CA's key. */
  openKey(): Promise<CaKey>;
  /** Another instance of the app. */
  start(more?: Partial<VaultAuthorityOptions>): VaultInstance;
}

export interface VaultInstance extends VaultAuthority {
  /**
   * A device that talks to this instance, and remembers the CA certificates that it got first.
   * @param see is shown every answer.
   */
  connect(see?: (answer: Response) => void): ScepClient;
}

/** A vault with a CA key and its root. To be closed by `world.vault.close()`. */
export async function createVaultWorld(key: CreateKeyOptions, clock: Clock): Promise<VaultWorld> {
  const vault = await startTestVault(clock);
  vault.createKey('skep-ca', key);
  const store = createMemoryStore();
  const log: string[] = [];
  const openKey = async (): Promise<CaKey> => {
    const { connection } = vault;
    const opened = await openVaultKey({ ...keyDefaults, connection, clock, name: 'skep-ca' });
    return { ...opened, name: 'skep-ca' };
  };
  const { random } = keyDefaults;
  const options = { key: await openKey(), subject: 'CN=Vault CA', mode: 'ra', clock, random } as const;
  const world: VaultWorld = {
    vault,
    store,
    clock,
    log,
    set: replaceCa(await createRoot(options)),
    openKey,
    start(more = {}) {
      const authority = createVaultAuthority({
        connection: vault.connection,
        mode: 'ra',
        ca: { read: () => Promise.resolve(world.set) },
        caKeyName: 'skep-ca',
        ...keyDefaults,
        clock,
        log: createLogger((level, line) => log.push(`${level} ${line}`), 'debug'),
        ...more,
      });
      const { handle } = createTestService({ authority: authority.source, clock, store });
      return {
        ...authority,
        connect(see) {
          const fetch = async (url: string, { signal: _signal, ...init }: RequestInit): Promise<Response> => {
            const request = new Request(url, init);
            if (init.body instanceof Uint8Array)
              request.headers.set('content-length', String(init.body.length));
            const answer = await handle('static', '', request);
            see?.(answer);
            return answer;
          };
          return createScepClient({ url: 'http://skep.test/static', fetch, clock });
        },
      };
    },
  };
  return world;
}

/** The certificate of a device that has `name`; anything but success is thrown. */
export async function enrollAs(client: ScepClient, name: string): Promise<Certificate> {
  const result = await client.enroll({
    key: await deviceKey(),
    subject: `CN=${name}`,
    challenge: 'secret123',
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [OID.clientAuth],
  });
  if (result.status !== 'SUCCESS') throw new Error(`no certificate: ${JSON.stringify(result)}`);
  return result.certificate;
}

/** Which key a device has does not matter here, and making one is slow. */
let sharedKey: Promise<KeyObject> | undefined;
export const deviceKey = (): Promise<KeyObject> => (sharedKey ??= generateRsaKey(2048));
