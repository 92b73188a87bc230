/** @module What is loaded: a server elsewhere, the local cloud that runs here, or one that is started for it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReady, startLocalCloud, type Ready } from '../../dev/local-cloud.js';
import { createSimulatedDevice, createStaticDevice, type DeviceIdentity } from './challenges.js';
import { startHostProcess } from './host-process.js';
import type { LoadCommand } from './options.js';

export interface LoadTarget {
  /** For people. */
  readonly description: string;
  readonly scepUrl: string;
  /** Unset: certificates name it. */
  readonly ocspUrl: string | undefined;
  /** Renewals prove themselves by the certificate before, as the static endpoint has it; Intune sends a new challenge. */
  readonly renewsByCertificate: boolean;
  createDevice(): Promise<DeviceIdentity>;
  close(): Promise<void>;
}

const nothingToClose = () => Promise.resolve();

/** @param tell hears what is loaded, or started first. */
export async function openTarget(command: LoadCommand, tell: (text: string) => void): Promise<LoadTarget> {
  const { url, challenge } = command;
  if (url !== undefined && challenge !== undefined) {
    return {
      description: url,
      scepUrl: `${url.replace(/\/pkiclient\.exe$/i, '')}/pkiclient.exe`,
      ocspUrl: undefined,
      renewsByCertificate: true,
      createDevice: () => Promise.resolve(createStaticDevice(challenge)),
      close: nothingToClose,
    };
  }
  const running = await findLocalCloud();
  if (running) {
    const named = command.challenge ?? '';
    tell(`Loads the local cloud that runs at ${running.status}`);
    return localTarget(command, running, named, nothingToClose);
  }
  tell('Starts a local cloud; none runs here');
  const ownChallenge = randomBytes(12).toString('hex');
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-load-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir,
      environment: {
        ...process.env,
        // A line for each certificate would be most of what is on the screen.
        SKEP_LOG_LEVEL: 'error',
        SKEP_STATIC_CHALLENGE: ownChallenge,
      },
      startHost: startHostProcess,
      log: ({ level, message }) => {
        if (level === 'error' || level === 'critical') process.stderr.write(`${message}\n`);
      },
    });
    return localTarget(command, cloud.ready, ownChallenge, async () => {
      await cloud.close();
      await remove();
    });
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

function localTarget(
  { endpoint }: LoadCommand,
  ready: Ready,
  challenge: string,
  close: () => Promise<void>,
): LoadTarget {
  const { scep, ocsp, intune } = ready;
  const isStatic = endpoint === 'static';
  if (isStatic && (scep.static === null || challenge === '')) {
    throw new Error(
      'The static endpoint of the local cloud wants SKEP_STATIC_CHALLENGE: the same for npm start and for this.',
    );
  }
  const url = isStatic ? (scep.static ?? '') : scep.intune;
  return {
    description: `the local cloud, ${isStatic ? 'its static endpoint' : 'with simulated Intune'}`,
    scepUrl: `${url}/pkiclient.exe`,
    ocspUrl: ocsp,
    renewsByCertificate: isStatic,
    createDevice: () =>
      isStatic ? Promise.resolve(createStaticDevice(challenge)) : createSimulatedDevice(intune),
    close,
  };
}

/** ready.json may be left over from a cloud that was killed; so it has to answer, too. */
async function findLocalCloud(): Promise<Ready | undefined> {
  try {
    const ready = await readReady(process.env['SKEP_DATA_DIR'] ?? '.skep');
    const health = await fetch(ready.health);
    await health.arrayBuffer();
    return health.ok ? ready : undefined;
  } catch {
    return undefined;
  }
}
