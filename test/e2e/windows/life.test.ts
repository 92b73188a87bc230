import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WindowsClient } from '../../../dev/devices/omadm/client.js';
import type { DmMessage } from '../../../dev/syncml/message.js';
import { DAY_MS } from '../../../lib/base/clock.js';
import { control } from '../../support/intune-simulator.js';
import { useCloud } from './cloud.js';

const { cloud, lines, addDevice } = useCloud();

const reasons = (client: WindowsClient) =>
  cloud()
    .simulator.dm.lastSession(client.deviceId)
    ?.decisions.map(({ action, reason }) => `${action} ${reason}`);

const certificatesOf = (client: WindowsClient) =>
  [...cloud().simulator.state.certificates.values()].filter(({ deviceId }) => deviceId === client.deviceId);

const revocationsOf = (client: WindowsClient) => {
  const serials = certificatesOf(client).map(({ serialNumber }) => serialNumber);
  return [...cloud().simulator.state.revocations.values()].filter(({ serialNumber }) =>
    serials.includes(serialNumber),
  );
};

const theNode = (client: WindowsClient) => Object.values(client.state().nodes)[0];

/** First enrollment, and the sync in which the device shows it. */
async function enroll(client: WindowsClient): Promise<void> {
  await client.sync();
  await client.runTasks();
  await client.sync();
}

const targets = (messages: readonly DmMessage[], name: 'Get' | 'Replace' | 'Add') =>
  messages.flatMap(({ commands }) =>
    commands.flatMap((command) =>
      command.name === name ? command.items.map(({ target = '' }) => target) : [],
    ),
  );

describe('first enrollment', () => {
  it('goes from the missing certificate to a recorded one, over SyncML, and then wants nothing', async () => {
    const { client } = addDevice();
    const first = await client.sync();
    expect(reasons(client)).toEqual(['request missing']);
    expect(targets(first.messages, 'Get')[0]).toMatch(/NodeCache\/MS%20DM%20Server\/CacheVersion$/);
    expect(client.tasks()).toHaveLength(1);
    expect(theNode(client)).toMatchObject({ thumbprint: '', status: 32 });

    expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 1 }]);
    const [record] = certificatesOf(client);
    expect(theNode(client)).toMatchObject({ thumbprint: record?.thumbprint, status: 1, errorCode: 0 });
    expect(client.tasks()).toEqual([]);
    const registry = client.registry().list('HKLM\\SOFTWARE\\Microsoft\\SCEP');
    expect(registry.filter(({ path }) => path.endsWith('\\Challenge'))).toEqual([]);

    const second = await client.sync();
    expect(reasons(client)).toEqual(['none healthy']);
    const alert = second.messages[0]?.commands.find(
      (command) => command.name === 'Alert' && command.code === 1226,
    );
    expect(alert).toMatchObject({ items: [{ type: 'com.microsoft:mdm.SCEPcertinstall.result', data: '0' }] });
    expect(targets(second.messages, 'Get')).toContainEqual(expect.stringMatching(/CertThumbprint$/));
    expect(targets(second.messages, 'Replace')).toContainEqual(expect.stringMatching(/CacheVersion$/));
    const third = await client.sync();
    expect(third.messages).toHaveLength(6);
    expect(client.tasks()).toEqual([]);
    expect(certificatesOf(client)).toHaveLength(1);
  });

  it('leaves the certificate itself in the node cache, as the article found it', async () => {
    const { client } = addDevice();
    await enroll(client);
    const key = 'HKLM\\SOFTWARE\\Microsoft\\Provisioning\\NodeCache\\CSP\\Device\\MS DM Server\\Nodes';
    const values = client
      .registry()
      .list(key)
      .map(({ values: { ExpectedValue } }) => ExpectedValue?.data);
    const der = client.certificates()[0]?.certificate.der ?? new Uint8Array();
    expect(values).toContain(Buffer.from(der).toString('base64'));
  });

  it('is not asked for twice while the first request is under way', async () => {
    const { client } = addDevice();
    await client.sync();
    await client.sync();
    expect(reasons(client)).toEqual([]);
    expect(client.tasks()).toHaveLength(1);
  });

  it('keeps the challenge out of the log, and writes the one line for each certificate', async () => {
    const { client } = addDevice();
    await enroll(client);
    const serial = certificatesOf(client)[0]?.serialNumber ?? 'none';
    expect(
      lines.filter((line) => line.includes(`Issued a certificate with serial number ${serial}`)),
    ).toHaveLength(1);
    expect(lines.join('\n')).not.toContain('PENlcnRFbnJvbGxUb2tlbj');
  });

  it('works for a user, in the user’s hive and under the user’s SID', async () => {
    const { client } = addDevice(
      { type: 'user', subjectFormat: 'CN={{UserPrincipalName}}' },
      { userSid: 'S-1-12-1-1' },
    );
    await client.sync();
    expect(client.tasks()[0]?.name).toMatch(/S-1-12-1-1$/);
    expect(client.tasks()[0]?.arguments).toContain('-h HKCU');
    await client.runTasks();
    await client.sync();
    expect(reasons(client)).toEqual(['none healthy']);
    expect(client.certificates()[0]?.certificate.subject).toContain('robin@');
  });

  it.each([
    ['the TPM', 2048, 1, 1, 0],
    ['no 4096 bits in the TPM', 4096, 1, 16, 0x80090029],
    ['software where the TPM is too small', 4096, 2, 1, 0],
  ] as const)('respects the key provider: %s', async (_case, keyLength, keyProtection, status, errorCode) => {
    const { client } = addDevice({ keyLength, keyProtection });
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status, errorCode }]);
  });
});

describe('renewal and loss', () => {
  it('requests anew what the user deleted, with a new challenge', async () => {
    const { client } = addDevice();
    await enroll(client);
    const before = client.deleteCertificate();
    const { messages } = await client.sync();
    const results = messages.flatMap(({ commands }) =>
      commands.flatMap((command) => (command.name === 'Results' ? command.items : [])),
    );
    expect(results.find(({ source }) => source?.endsWith('CertThumbprint'))).toMatchObject({ data: '' });
    expect(reasons(client)).toEqual(['request missing']);
    await client.runTasks();
    await client.sync();
    expect(reasons(client)).toEqual(['none healthy']);
    expect(before).not.toContain(theNode(client)?.thumbprint);
    expect(new Set(certificatesOf(client).map(({ challengeDigest }) => challengeDigest)).size).toBe(2);
  });

  it.each([20, 50])(
    'renews at the threshold of %d percent, with a new key, and not before',
    async (threshold) => {
      const { client } = addDevice({ renewalThresholdPercent: threshold });
      await enroll(client);
      const { clock } = cloud().simulator;
      const [first] = client.certificates();
      const [record] = certificatesOf(client);
      const begin = Date.parse(record?.recordedAt ?? '');
      const lifetimeMs = Date.parse(record?.expiresAt ?? '') - begin;
      clock.freeze(new Date(begin + (lifetimeMs * (99 - threshold)) / 100));
      await client.sync();
      expect(reasons(client)).toEqual(['none healthy']);
      clock.freeze(new Date(begin + Math.ceil((lifetimeMs * (100 - threshold)) / 100)));
      await client.sync();
      expect(reasons(client)).toEqual(['request threshold']);
      // The old certificate stays until the new one is there.
      expect(theNode(client)?.thumbprint).toBe(first?.certificate.thumbprint);
      await client.runTasks();
      const [second, ...others] = client.certificates();
      expect(others).toEqual([]);
      expect(second?.certificate.spki).not.toEqual(first?.certificate.spki);
      await client.sync();
      expect(reasons(client)).toEqual(['none healthy']);
    },
  );

  it('shows no thumbprint of a certificate whose time is over', async () => {
    const { client } = addDevice();
    await enroll(client);
    cloud().simulator.clock.advance(400 * DAY_MS);
    expect(theNode(client)).toMatchObject({ thumbprint: '', status: 1 });
  });

  it('asks for another name when the device is renamed, and gives the old certificate up', async () => {
    const { client } = addDevice({ subjectFormat: 'CN={{DeviceName}}' });
    await enroll(client);
    await control(cloud().simulator, 'POST', `devices/${client.deviceId}/rename`, { name: 'DESKTOP-NEW' });
    await client.sync();
    expect(reasons(client)).toEqual(['request changedHash']);
    expect(revocationsOf(client)).toMatchObject([{ cause: 'profileChanged' }]);
    await client.runTasks();
    expect(client.certificates().map(({ certificate }) => certificate.subject)).toContain('CN=DESKTOP-NEW');
  });

  it('heals when device and server no longer agree on the cache', async () => {
    const { client } = addDevice();
    await enroll(client);
    const device = cloud().simulator.state.devices.get(client.deviceId);
    if (device) device.nodeCache = { version: 99, nodes: {} };
    if (device) device.csp = {};
    await client.sync();
    expect(reasons(client)).toEqual(['none healthy']);
    expect((await client.sync()).messages).toHaveLength(6);
    expect(device?.csp[Object.keys(client.state().nodes)[0] ?? '']).toMatchObject({ status: 1 });
  });
});

describe('the end of management', () => {
  it('unassigned: node, certificate and cache entries go, revocation is queued', async () => {
    const { client, profileId } = addDevice();
    await enroll(client);
    await control(cloud().simulator, 'POST', `devices/${client.deviceId}/unassign`, { profileId });
    await client.sync();
    expect(reasons(client)).toEqual(['delete unassigned']);
    expect(client.state().nodes).toEqual({});
    expect(client.certificates()).toEqual([]);
    expect(revocationsOf(client)).toMatchObject([{ cause: 'unassigned' }]);
    const again = await client.sync();
    expect(reasons(client)).toEqual([]);
    expect(again.messages).toHaveLength(4);
  });

  it('retired: one last session takes everything away', async () => {
    const { client } = addDevice();
    await enroll(client);
    await control(cloud().simulator, 'POST', `devices/${client.deviceId}/retire`);
    await client.sync();
    expect(client.state()).toEqual({ management: 'unenrolled', nodes: {} });
    expect(client.certificates()).toEqual([]);
    expect(revocationsOf(client)).toMatchObject([{ cause: 'retired' }]);
    expect(await client.sync()).toMatchObject({ accepted: false });
  });

  it('wiped: the device is told, and blank', async () => {
    const { client } = addDevice();
    await enroll(client);
    await control(cloud().simulator, 'POST', `devices/${client.deviceId}/wipe`);
    await client.sync();
    expect(client.state().management).toBe('wiped');
    expect(client.registry().list()).toEqual([]);
    expect(revocationsOf(client)).toMatchObject([{ cause: 'wiped' }]);
  });

  it('unknown: a device that Intune never saw is refused', async () => {
    const { client } = addDevice();
    cloud().simulator.state.devices.delete(client.deviceId);
    expect(await client.sync()).toMatchObject({ accepted: false });
    expect(client.tasks()).toEqual([]);
  });
});

describe('with the CA off', () => {
  let door: Server;
  let doorUrl = '';

  beforeAll(async () => {
    door = createServer((_request, response) => {
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(door, 'listening');
    doorUrl = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    door.close();
  });

  it.each([
    ['answers 404', 0x80190194, (): string => `${doorUrl}/certsrv/mscep/mscep.dll`],
    ['does not answer', 0x80072efd, (): string => 'http://127.0.0.1:1/certsrv/mscep/mscep.dll'],
  ] as const)('a server that %s: three attempts, a minute apart, then %d', async (_case, errorCode, url) => {
    const times: number[] = [];
    const { clock } = cloud().simulator;
    clock.freeze(new Date());
    const { client, profileId } = addDevice(
      { serverUrls: [url()] },
      {
        onEvent: ({ type }) => {
          if (type === 'attempt') times.push(clock.now().getTime());
        },
      },
    );
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 16, attempts: 3, errorCode }]);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 60_000, 120_000]);
    expect(theNode(client)).toMatchObject({ thumbprint: '', status: 16, errorCode: errorCode | 0 });
    expect(client.tasks()).toEqual([]);
    const keys = client
      .registry()
      .list('HKLM\\SOFTWARE\\Microsoft\\SCEP')
      .map(({ path }) => path);
    expect(keys.filter((path) => path.endsWith('Challenge'))).toEqual([]);

    // The CA is back; the next sync asks again, with another challenge.
    const profile = cloud().simulator.state.profiles.get(profileId);
    if (profile) profile.serverUrls = [cloud().ready.scep.intune];
    await client.sync();
    expect(reasons(client)).toEqual(['request missing']);
    await client.runTasks();
    await client.sync();
    expect(reasons(client)).toEqual(['none healthy']);
    expect(theNode(client)).toMatchObject({ status: 1, errorCode: 0 });
  });

  it('an outage of more than an hour lets the challenge expire, and the next sync heals it', async () => {
    const { client } = addDevice();
    await client.sync();
    cloud().simulator.clock.advance(61 * 60_000);
    expect(await client.runTasks()).toMatchObject([{ status: 16 }]);
    await client.sync();
    expect(reasons(client)).toEqual(['request missing']);
    expect(await client.runTasks()).toMatchObject([{ status: 1 }]);
  });
});
