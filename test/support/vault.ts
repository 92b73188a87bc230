/** The Key Vault simulator as the code under test reaches it. */
import type { Clock } from '../../lib/base/clock.js';
import { systemRandom } from '../../lib/base/random.js';
import type { VaultConnection } from '../../lib/keys/vault-connection.js';
import { startVaultSimulator, type VaultSimulator } from '../../dev/vault/server.js';

export interface TestVault extends VaultSimulator {
  readonly connection: VaultConnection;
}

export async function startTestVault(clock?: Clock): Promise<TestVault> {
  const simulator = await startVaultSimulator(clock ? { clock } : {});
  return { ...simulator, connection: connectTo(simulator) };
}

export const connectTo = ({ url, certificate }: VaultSimulator): VaultConnection => ({
  url,
  credential: {
    getToken: () => Promise.resolve({ token: 'a token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  },
  trustedCertificate: certificate,
  foreignDomain: true,
});

/** What opening a vault key needs besides the vault; nobody waits. */
export const keyDefaults = {
  clock: { now: () => new Date() },
  random: systemRandom,
  wait: () => Promise.resolve(),
};
