/** @module From `skep profiles apply` to a certificate on a device: nothing of Intune is set up in between. */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../cli/program.js';
import { createAndroidDevice } from '../../../dev/devices/android.js';
import { createAppleDevice } from '../../../dev/devices/apple.js';
import { createMobileProfile } from '../../../dev/devices/mobile-profile.js';
import { createWindowsClient, type WindowsClient } from '../../../dev/devices/omadm/client.js';
import { DEVICE_DEFAULTS, SEED_IDS } from '../../../dev/intune/seed.js';
import { useCloud } from '../windows/cloud.js';

const { cloud } = useCloud();

const USER_SID = 'S-1-5-21-1004336348-1177238915-682003330-1104';

/** A managed device of the seeded user. */
function addDevice(os: string): string {
  const id = randomUUID();
  cloud().simulator.state.devices.set(id, {
    ...structuredClone(DEVICE_DEFAULTS),
    id,
    tenantId: SEED_IDS.tenant,
    entraId: randomUUID(),
    name: `LAPTOP-${id.slice(0, 6).toUpperCase()}`,
    os,
    userId: SEED_IDS.user,
  });
  return id;
}

function addGroup(...memberIds: string[]): string {
  const id = randomUUID();
  const group = { id, tenantId: SEED_IDS.tenant, displayName: `Group ${id}`, memberIds };
  cloud().simulator.state.groups.set(id, group);
  return id;
}

/** As an administrator types it beside the local cloud. @returns the id of the SCEP profile. */
async function apply(platform: string, kind: string, group: string): Promise<string> {
  let out = '';
  let err = '';
  const url = new URL(cloud().ready.ca).origin;
  const options = ['--platform', platform, '--kind', kind, '--name-prefix', group, '--assign', group];
  const exitCode = await runCli(['profiles', 'apply', url, ...options, '--yes', '--json'], {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: { SKEP_DATA_DIR: dirname(cloud().readyFile) },
    colors: pc.createColors(false),
    fetch: globalThis.fetch,
  });
  expect([exitCode, err]).toEqual([0, '']);
  const { profiles } = JSON.parse(out) as { profiles: { key: string; id: string }[] };
  const scep = profiles.find(({ key }) => key === `${platform}/${kind}/scep`);
  if (!scep) throw new Error(out);
  return scep.id;
}

const clientOf = (deviceId: string, userSid?: string): WindowsClient => {
  const { url, clock } = cloud().simulator;
  return createWindowsClient({
    deviceId,
    simulatorUrl: url,
    clock,
    sleep: (delayMs) => {
      clock.advance(delayMs);
      return Promise.resolve();
    },
    ...(userSid === undefined ? {} : { userSid }),
  });
};

const recordsOf = (deviceId: string) =>
  [...cloud().simulator.state.certificates.values()].filter((record) => record.deviceId === deviceId);

describe('a Windows device', () => {
  it('of an assigned group gets its certificate, by its name and its Intune id', async () => {
    const deviceId = addDevice('Windows');
    const profileId = await apply('windows', 'device', addGroup(deviceId));
    const client = clientOf(deviceId);
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 1 }]);
    const [certificate, ...others] = client.certificates();
    expect(others).toEqual([]);
    expect(certificate?.certificate.subject).toBe(
      `CN=${cloud().simulator.state.devices.get(deviceId)?.name ?? ''}`,
    );
    expect(recordsOf(deviceId)).toMatchObject([{ profileId, state: 'active' }]);
    await client.sync();
    expect(cloud().simulator.dm.lastSession(deviceId)?.decisions).toMatchObject([{ reason: 'healthy' }]);
  });

  it('of another group gets none', async () => {
    await apply('windows', 'device', addGroup(addDevice('Windows')));
    const other = addDevice('Windows');
    const client = clientOf(other);
    await client.sync();
    expect(client.tasks()).toEqual([]);
  });

  it('gets the certificate of its user, where the user is in the group', async () => {
    const deviceId = addDevice('Windows');
    const group = addGroup(SEED_IDS.user);
    const profileId = await apply('windows', 'user', group);
    const client = clientOf(deviceId, USER_SID);
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 1 }]);
    const [certificate] = client.certificates();
    expect(certificate?.certificate.subject).toContain('CN=robin');
    expect(certificate?.certificate.subjectAltNames).toContainEqual({
      type: 'upn',
      value: 'robin@skep-simulator.onmicrosoft.com',
    });
    expect(recordsOf(deviceId)).toMatchObject([{ profileId }]);
    cloud().simulator.state.groups.delete(group);
  });
});

describe.each([
  ['ios', 'iOS', createAppleDevice, 2048],
  ['macos', 'macOS', createAppleDevice, 2048],
  ['android-work-profile', 'Android', createAndroidDevice, 4096],
  ['android-fully-managed', 'Android', createAndroidDevice, 4096],
] as const)('a device of %s', (platform, os, create, bits) => {
  it.each(['device', 'user'] as const)('gets its %s certificate', async (kind) => {
    const { simulator } = cloud();
    const deviceId = addDevice(os);
    const profileId = await apply(platform, kind, addGroup(kind === 'device' ? deviceId : SEED_IDS.user));
    const profile = simulator.state.profiles.get(profileId);
    if (!profile) throw new Error('no profile');
    const minted = await simulator.mintChallenge(deviceId, profileId);
    const result = await create().enroll(createMobileProfile(profile, minted));
    if (result.status !== 'SUCCESS') throw new Error(JSON.stringify(result));
    expect(result.key.asymmetricKeyDetails?.modulusLength).toBe(bits);
    expect(recordsOf(deviceId)).toMatchObject([{ profileId, thumbprint: result.certificate.thumbprint }]);
  });
});
