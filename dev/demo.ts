/** @module `npm run demo`: one Windows device gets one certificate, told step by step. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pc from 'picocolors';
import { endQuietlyWhenClosed } from '../lib/base/closed-pipe.js';
import { installNodes } from './devices/atomic.js';
import { createWindowsDevice } from './devices/windows.js';
import type { WindowsEvent } from './devices/windows-events.js';
import { SEED_IDS } from './intune/seed.js';
import { startLocalCloud, type LocalCloud } from './local-cloud.js';
import { toPem } from './scep-client/index.js';

const run = promisify(execFile);
const started = performance.now();

function tell(who: string, what: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(3).padStart(7);
  process.stdout.write(`${pc.dim(`${seconds} s`)}  ${pc.bold(who.padEnd(8))}  ${what}\n`);
}

/** The server's own steps, as its journal has them. */
const journal: string[] = [];

async function main(dataDir: string): Promise<void> {
  tell('Skep', 'starts: storage emulator, Intune simulator, the functions in the local host');
  const cloud = await startLocalCloud({
    port: 0,
    simulatorPort: 0,
    dataDir,
    environment: { ...process.env, SKEP_LOG_LEVEL: 'debug' },
    log: ({ category, message }) => {
      if (category === 'user' && message.startsWith('Journal')) journal.push(message);
    },
  });
  try {
    tell('Skep', `is ready at ${cloud.ready.scep.intune}`);
    await enroll(cloud, dataDir);
  } finally {
    await cloud.close();
  }
}

async function enroll({ simulator, ready }: LocalCloud, dataDir: string): Promise<void> {
  tell('Device', 'syncs with Intune');
  const session = await simulator.syncDevice(SEED_IDS.device);
  const request = session.commands.find((command) => command.verb === 'Atomic');
  if (request?.verb !== 'Atomic') throw new Error('Intune asked for no certificate');
  tell(
    'Intune',
    'sees that the certificate is missing, and sends the SCEP profile with a one-hour challenge',
  );

  const times = { sent: 0, answered: 0 };
  const device = createWindowsDevice({
    sleep: () => Promise.resolve(),
    onEvent: (event) => {
      if (event.type === 'request-sent') times.sent = performance.now();
      if (event.type === 'answer') times.answered = performance.now();
      tell('Device', describe(event));
    },
  });
  const result = await device.install(request.uniqueId, installNodes(request.commands));
  if (!result.certificate)
    throw new Error(`the device has no certificate: 0x${result.errorCode.toString(16)}`);
  tellServerSteps(times.answered - times.sent);

  const record = [...simulator.state.certificates.values()].find(
    ({ serialNumber }) => serialNumber === result.certificate?.serialHex.toUpperCase(),
  );
  if (!record) throw new Error('Intune has no record of the certificate');
  tell('Intune', `has recorded certificate ${record.serialNumber}`);
  await simulator.syncDevice(SEED_IDS.device, {
    [request.uniqueId]: {
      status: result.status,
      thumbprint: result.thumbprint,
      errorCode: result.errorCode,
      respondentServerUrl: result.respondentServerUrl,
    },
  });
  tell('Device', 'syncs again and shows its thumbprint; Intune asks for nothing more');
  await verify(result.certificate.der, ready, dataDir);
}

function describe(event: WindowsEvent): string {
  switch (event.type) {
    case 'accepted':
      return `makes the scheduled task for dmcertinst (event ${event.eventId})`;
    case 'attempt':
      return `starts attempt ${event.number} of ${event.of} with a new RSA key`;
    case 'capabilities':
      return `GetCACaps: ${event.words.join(' ')}`;
    case 'ca-certificates':
      return `GetCACert: ${event.subjects.join(' and ')}; the CA has the pinned thumbprint`;
    case 'request-made':
      return `makes a PKCS#10 for ${event.subject}, ${event.size} octets with the challenge in it (event ${event.eventId})`;
    case 'request-sent':
      return `PKIOperation: ${event.size} octets, ${event.digest}, ${event.cipher}, key transport ${event.keyTransport}`;
    case 'answer':
      return `reads the CertRep: ${event.pkiStatus}${event.failInfo ? ` ${event.failInfo}` : ''}`;
    case 'waiting':
      return `waits a minute before it tries again`;
    case 'installed':
      return `installs certificate ${event.serialNumber}, good until ${event.notAfter.toISOString().slice(0, 10)} (event ${event.eventId})`;
    case 'failed':
      return `fails: ${event.means} (event ${event.eventId})`;
    case 'challenge-deleted':
      return 'deletes the challenge and the task';
  }
}

/** Our own time is what is left of the exchange without the Intune simulator's share. */
function tellServerSteps(exchangeMs: number): void {
  const steps = /steps="([^"]*)"/.exec(journal.at(-1) ?? '')?.[1] ?? '';
  tell('Skep', `did, step by step: ${steps}`);
  const intuneMs = [...steps.matchAll(/(?:validate|notify) ([\d.]+) ms/g)].reduce(
    (sum, [, ms]) => sum + Number(ms),
    0,
  );
  tell(
    'Skep',
    `answered in ${exchangeMs.toFixed(0)} ms, ${(exchangeMs - intuneMs).toFixed(0)} ms of it our own`,
  );
}

/** Somebody else's opinion of the certificate. */
async function verify(der: Uint8Array, ready: { readonly ca: string }, dataDir: string): Promise<void> {
  const [ca, leaf] = [join(dataDir, 'ca.pem'), join(dataDir, 'device.pem')];
  await writeFile(ca, await (await fetch(ready.ca)).text());
  await writeFile(leaf, toPem('CERTIFICATE', der));
  const { stdout } = await run('openssl', ['verify', '-CAfile', ca, leaf]);
  if (!stdout.trim().endsWith(': OK')) throw new Error(`openssl says: ${stdout}`);
  tell('openssl', 'verify: the chain is OK');
}

endQuietlyWhenClosed(process.stdout, process.stderr);
const dataDir = await mkdtemp(join(tmpdir(), 'skep-demo-'));
try {
  await main(dataDir);
} catch (thrown) {
  process.stderr.write(
    `The demo failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`,
  );
  process.exitCode = 1;
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
