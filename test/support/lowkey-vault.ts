/** Lowkey Vault, a Key Vault double that others wrote: a witness besides our own simulator. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { VaultConnection } from '../../lib/keys/vault-connection.js';
import { pem } from './openssl.js';

/** The last release that runs on Java 17. */
const VERSION = '3.4.33';
const GROUP = 'com.github.nagyesta.lowkey-vault';
const ARTIFACT = 'lowkey-vault-app';

/** How to get it, for whoever reads the reason of a skipped test. */
export const LOWKEY_HINT = `mvn dependency:get -Dtransitive=false -Dartifact=${GROUP}:${ARTIFACT}:${VERSION}, or set SKEP_LOWKEY_JAR`;

/** The jar in SKEP_LOWKEY_JAR or in the local Maven repository, if it is there. */
export function findLowkeyVault(): string | undefined {
  const inMaven = join(homedir(), '.m2/repository', ...GROUP.split('.'), ARTIFACT, VERSION);
  const candidates = [process.env['SKEP_LOWKEY_JAR'], join(inMaven, `${ARTIFACT}-${VERSION}.jar`)];
  return candidates.find((path) => path !== undefined && existsSync(path));
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
