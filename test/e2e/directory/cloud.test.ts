/** The whole local cloud: what an administrator does in Entra and Intune, as OCSP and the CRL tell it to openssl. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installNodes } from '../../../dev/devices/atomic.js';
import { createWindowsDevice } from '../../../dev/devices/windows.js';
import { DEVICE_DEFAULTS, SEED_IDS } from '../../../dev/intune/seed.js';
import { startLocalCloud, type LocalCloud } from '../../../dev/local-cloud.js';
import { certificateText, openssl, pem } from '../../support/openssl.js';

const run = promisify(execFile);

function useCloud(environment: Readonly<Record<string, string>> = {}): {
  readonly cloud: () => LocalCloud;
  readonly folder: string;
  readonly log: string[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'skep-directory-'));
  const log: string[] = [];
  let cloud: LocalCloud | undefined;
  beforeAll(async () => {
    cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir: folder,
      environment,
      log: ({ message }) => log.push(message),
    });
  });
  afterAll(async () => {
    await cloud?.close();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    log,
    cloud: () => {
      if (!cloud) throw new Error('ask within a test');
      return cloud;
    },
  };
}

let devices = 0;

function addDevice({ simulator }: LocalCloud, sid = '') {
  const id = `5ce90000-de71-4000-8000-0000000001${10 + devices++}`;
  const device = {
    ...structuredClone(DEVICE_DEFAULTS),
    id,
    tenantId: SEED_IDS.tenant,
    entraId: id.replace('de71', 'e474'),
    name: `DESKTOP-${devices}`,
    onPremisesSecurityIdentifier: sid,
  };
  simulator.state.devices.set(id, device);
  simulator.state.assignments.set(id, {
    id,
    profileId: SEED_IDS.profile,
    target: 'device',
    targetId: id,
    excludedDeviceIds: [],
    assignedAt: '2024-01-01T00:00:00.000Z',
  });
  return device;
}

async function enroll({ simulator }: LocalCloud, id: string) {
  const { commands } = await simulator.syncDevice(id);
  const request = commands.find((command) => command.verb === 'Atomic');
  if (request?.verb !== 'Atomic') throw new Error('Intune asked for no certificate');
  return createWindowsDevice({ sleep: () => Promise.resolve() }).install(
    request.uniqueId,
    installNodes(request.commands),
  );
}

async function issueTo(cloud: LocalCloud, id: string) {
  const { certificate } = await enroll(cloud, id);
  if (!certificate) throw new Error('the device has no certificate');
  return { der: certificate.der, serialNumber: certificate.serialHex.toUpperCase() };
}

/** What openssl gets to hear from OCSP, and whether the CRL lists the serial number, with the reason. */
async function voices(
  { ready }: LocalCloud,
  folder: string,
  certificate: { der: Uint8Array; serialNumber: string },
) {
  const ca = join(folder, 'ca.pem');
  const leaf = join(folder, 'leaf.pem');
  writeFileSync(ca, await (await fetch(ready.ca)).text());
  writeFileSync(leaf, pem(certificate.der));
  const args = ['ocsp', '-issuer', ca, '-cert', leaf, '-url', ready.ocsp, '-CAfile', ca];
  const { stdout } = await run('openssl', args);
  const crl = new Uint8Array(await (await fetch(ready.crl, { cache: 'no-store' })).arrayBuffer());
  const text = openssl(['crl', '-inform', 'DER', '-noout', '-text'], crl);
  const [, entry = ''] = text.split(`Serial Number: ${certificate.serialNumber}`);
  const listed = text.includes(`Serial Number: ${certificate.serialNumber}`);
  return {
    ocsp: /leaf\.pem: (\w+)/.exec(stdout)?.[1],
    ocspReason: /Reason: (\w+)/.exec(stdout)?.[1],
    crl: listed ? /CRL Reason Code:\s+([\w ]+)/.exec(entry)?.[1]?.trim() : undefined,
  };
}

const HELD = { ocsp: 'revoked', ocspReason: 'certificateHold', crl: 'Certificate Hold' };
const ENDED = { ocsp: 'revoked', ocspReason: 'cessationOfOperation', crl: 'Cessation Of Operation' };
const GOOD = { ocsp: 'good', ocspReason: undefined, crl: undefined };

describe('by the timer', () => {
  const { cloud, folder, log } = useCloud();
  const timer = () => cloud().invokeTimer('timer-directory');

  it('a disabled device is revoked in OCSP and in the CRL, an enabled one is good in both, a deleted one ends', async () => {
    const device = addDevice(cloud());
    const certificate = await issueTo(cloud(), device.id);
    await timer();
    expect(await voices(cloud(), folder, certificate)).toEqual(GOOD);
    device.accountEnabled = false;
    await timer();
    expect(await voices(cloud(), folder, certificate)).toEqual(HELD);
    device.accountEnabled = true;
    await timer();
    expect(await voices(cloud(), folder, certificate)).toEqual(GOOD);
    device.registered = false;
    await timer();
    expect(await voices(cloud(), folder, certificate)).toEqual(ENDED);
  });

  it('shows on the status page that the directory can be read', async () => {
    expect(await (await fetch(cloud().ready.status)).text()).toContain('Devices and users can be looked up.');
  });

  it('nothing is issued to a device that Entra has disabled, whatever Intune says', async () => {
    const device = addDevice(cloud());
    device.accountEnabled = false;
    const { certificate, status } = await enroll(cloud(), device.id);
    expect(certificate).toBeUndefined();
    expect(status).not.toBe(1);
    expect(log.join('\n')).toContain('ERR_IDENTITY_MISMATCH');
    expect(cloud().simulator.state.failures.map(({ errorDescription }) => errorDescription)).toContainEqual(
      expect.stringContaining('ERR_IDENTITY_MISMATCH'),
    );
  });

  it('nothing is issued while Graph is away, and the device gets its certificate when it is back', async () => {
    const device = addDevice(cloud());
    cloud().simulator.faults.add({ kind: 'status', endpoint: 'graphManagedDevices', status: 503 });
    const { certificate } = await enroll(cloud(), device.id);
    expect(certificate).toBeUndefined();
    expect(log.join('\n')).toContain('ERR_DIRECTORY_UNAVAILABLE');
    cloud().simulator.faults.clear();
    expect((await issueTo(cloud(), device.id)).serialNumber).toMatch(/^[0-9A-F]+$/);
  });
});

describe('by a live look', () => {
  const SID = 'S-1-5-21-1004336348-1177238915-682003330-2201';
  const { cloud, folder } = useCloud({ SKEP_OCSP_DIRECTORY: 'live', SKEP_ADD_SID_EXTENSION: 'true' });

  it('OCSP tells of a disabled device at once, and the CRL says the same', async () => {
    const device = addDevice(cloud());
    const certificate = await issueTo(cloud(), device.id);
    device.accountEnabled = false;
    expect(await voices(cloud(), folder, certificate)).toEqual(HELD);
  });

  it('the certificate carries the security identifier that the directory has', async () => {
    const { der } = await issueTo(cloud(), addDevice(cloud(), SID).id);
    expect(certificateText(der)).toContain('1.3.6.1.4.1.311.25.2');
    expect(Buffer.from(der).includes(SID)).toBe(true);
  });
});
