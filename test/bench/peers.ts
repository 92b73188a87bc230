/** @module The servers that are compared: each starts fresh, on a free port, pinned like the others. */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readCaCertificates,
  selectCaCertificates,
  type CaCertificates,
} from '../../dev/scep-client/index.js';
import { findFreePort } from '../support/free-port.js';
import { createTestAuthority } from '../support/test-authority.js';
import { CHALLENGE } from './requests.js';
import { firstLine, startPinned, untilAnswers } from './processes.js';
import type { ServerReady } from './server.js';

export interface RunningServer {
  readonly child: ChildProcess;
  readonly url: string;
  readonly scepUrl: string;
}

export interface ScepPeer {
  /** A server that has seen no request yet; always with the same CA. */
  start(): Promise<RunningServer>;
}

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Gone when this process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skep-bench-'));
  folders.push(folder);
  return folder;
}

/** This server: a second process of this very program. @param folder see `serve`. */
export async function startSkep(folder: string): Promise<RunningServer> {
  const child = startPinned(process.execPath, [process.argv[1] ?? '', 'serve', folder]);
  const { url } = JSON.parse(await firstLine(child)) as ServerReady;
  return { child, url, scepUrl: `${url}/static?operation=PKIOperation` };
}

/** micromdm's scepserver, of the Debian package `scep`; undefined when it is not installed. */
export function createScepserver(): ScepPeer | undefined {
  const seed = join(temporaryFolder(), 'depot');
  const made = spawnSync('scepserver', [
    'ca',
    '-init',
    '-keySize',
    '2048',
    '-depot',
    seed,
    '-organization',
    'Peer',
  ]);
  if (made.status !== 0 || !existsSync(join(seed, 'ca.pem'))) return undefined;
  return {
    async start() {
      const depot = join(temporaryFolder(), 'depot');
      cpSync(seed, depot, { recursive: true });
      const port = String(await findFreePort());
      const args = ['-depot', depot, '-port', port, '-challenge', CHALLENGE, '-allowrenew', '0'];
      const child = startPinned('scepserver', args, { GOMAXPROCS: '1' });
      // Its log is one line a request; nobody reads it here, but a full pipe would stop it.
      child.stdout?.resume();
      const url = `http://127.0.0.1:${port}`;
      await untilAnswers(() => readCa(`${url}/scep`));
      return { child, url, scepUrl: `${url}/scep?operation=PKIOperation` };
    },
  };
}

/** step-ca with an RSA-2048 CA and nothing but a SCEP provisioner; it keeps no database. @param program its path. */
export function createStepCa(program: string): ScepPeer {
  return {
    async start() {
      const folder = temporaryFolder();
      const file = (name: string) => join(folder, name);
      const { caKey, caPem } = await stepAuthority();
      writeFileSync(file('ca.pem'), caPem);
      const key = caKey.export({ format: 'pem', type: 'pkcs8' });
      writeFileSync(file('ca.key.pem'), key, { mode: 0o600 });
      const [port, tlsPort] = [await findFreePort(), await findFreePort()];
      const configuration = {
        root: file('ca.pem'),
        crt: file('ca.pem'),
        key: file('ca.key.pem'),
        insecureAddress: `127.0.0.1:${port}`,
        address: `127.0.0.1:${tlsPort}`,
        dnsNames: ['127.0.0.1'],
        logger: { format: 'text' },
        authority: {
          provisioners: [
            {
              type: 'SCEP',
              name: 'bench',
              challenge: CHALLENGE,
              minimumPublicKeyLength: 2048,
              // AES-256-CBC, as the requests have it.
              encryptionAlgorithmIdentifier: 2,
            },
          ],
        },
      };
      writeFileSync(file('ca.json'), JSON.stringify(configuration));
      const child = startPinned(program, [file('ca.json')], { GOMAXPROCS: '1', STEPPATH: folder });
      child.stdout?.resume();
      const url = `http://127.0.0.1:${port}/scep/bench`;
      await untilAnswers(() => readCa(url));
      return { child, url, scepUrl: `${url}?operation=PKIOperation` };
    },
  };
}

/** One for all starts, so that the prepared requests fit. */
let stepCa: ReturnType<typeof createTestAuthority> | undefined;
const stepAuthority = () => (stepCa ??= createTestAuthority('rsa', 'ca', 'CN=Peer CA,O=Peer'));

/** @param base the SCEP address without a query. */
export async function readCa(base: string): Promise<CaCertificates> {
  const response = await fetch(`${base}?operation=GetCACert`);
  const contentType = response.headers.get('content-type') ?? '';
  const body = new Uint8Array(await response.arrayBuffer());
  return selectCaCertificates(readCaCertificates({ status: response.status, contentType, body }));
}
