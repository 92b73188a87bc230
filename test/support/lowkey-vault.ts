/** Lowkey Vault, a Key Vault double that others wrote: a witness besides our own simulator. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { VaultConnection } from '../../lib/keys/vault-connection.js';
import { pem } from './openssl.js';

/** For whoever reads the reason of a skipped test. */
export const LOWKEY_HINT =
  'SKEP_LOWKEY_JAR does not name the jar of Lowkey Vault (lowkey-vault-app, a release for the Java that is installed)';

/**
 * The jar that SKEP_LOWKEY_JAR names.
 * @throws {Error} when it names one that is not there.
 */
export function findLowkeyVault(): string | undefined {
  const jar = process.env['SKEP_LOWKEY_JAR'];
  if (jar !== undefined && !existsSync(jar)) throw new Error(`SKEP_LOWKEY_JAR: ${jar} is not there`);
  return jar;
}

export interface LowkeyVault {
  readonly connection: VaultConnection;
  close(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

export async function startLowkeyVault(jar: string): Promise<LowkeyVault> {
  const [port, tokenPort] = [await freePort(), await freePort()];
  const options = [`--server.port=${port}`, `--app.token.port=${tokenPort}`, '--LOWKEY_VAULT_NAMES=-'];
  const child = spawn('java', ['-jar', jar, ...options], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const close = async () => {
    child.kill();
    await ended;
  };
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const certificate = await peerCertificate(port).catch(() => undefined);
    if (certificate) {
      const credential = {
        getToken: () => Promise.resolve({ token: 'any', expiresOnTimestamp: Date.now() + 3_600_000 }),
      };
      const connection: VaultConnection = {
        url: `https://127.0.0.1:${port}`,
        credential,
        trustedCertificate: certificate,
        foreignDomain: true,
        keyApiVersion: '7.6',
      };
      return { connection, close };
    }
    if (Date.now() > deadline || child.exitCode !== null) {
      await close();
      throw new Error('Lowkey Vault did not start');
    }
    await sleep(250);
  }
}

/** The certificate that it shows, PEM. */
function peerCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(pem(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
