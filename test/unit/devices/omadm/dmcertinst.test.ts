import type { KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createWindowsClient } from '../../../../dev/devices/omadm/client.js';
import type { DmExchange } from '../../../../dev/syncml/message.js';
import { generateRsaKey } from '../../../../dev/scep-client/index.js';
import {
  createFakeAuthority,
  createFakeServer,
  type FakeAuthority,
  type FakeServerOptions,
} from '../../scep-client/fake-scep-server.js';
import { requestAtomic, scriptServer } from './scripted-server.js';

const SCEP_KEY = 'HKLM\\SOFTWARE\\Microsoft\\SCEP\\MS DM Server\\One';
let authority: FakeAuthority;
let key: KeyObject;

beforeAll(async () => {
  [authority, key] = await Promise.all([createFakeAuthority(), generateRsaKey()]);
});

/** A device that was asked for a certificate at noon, and the CA that it was told of. */
async function setUp(
  options: FakeServerOptions = {},
  settings: Readonly<Record<string, [string, string]>> = {},
  wrap: (exchange: DmExchange) => DmExchange = (exchange) => exchange,
) {
  let now = Date.parse('2026-11-22T12:00:00Z');
  const ca = createFakeServer(authority, options);
  const server = scriptServer([
    requestAtomic(1, 'One', { CAThumbprint: ['chr', authority.certificate.thumbprint], ...settings }),
  ]);
  const wait = (delayMs: number) => {
    now += delayMs;
    return Promise.resolve();
  };
  const client = createWindowsClient({
    deviceId: 'd',
    simulatorUrl: 'http://x',
    exchange: wrap(server.exchange),
    fetch: ca.fetch,
    clock: { now: () => new Date(now) },
    sleep: wait,
    keys: () => Promise.resolve(key),
  });
  await client.sync();
  return { client, ca, server, wait };
}

describe('dmcertinst', () => {
  it('installs, writes what came of it, and deletes challenge and task', async () => {
    const { client, ca } = await setUp();
    const [result] = await client.runTasks();
    expect(result).toMatchObject({ status: 1, attempts: 1 });
    expect(ca.requests[0]).toMatchObject({ challenge: 'the-challenge', subject: 'CN=device' });
    const registry = client.registry();
    expect(registry.readText(SCEP_KEY, 'CertThumbprint')).toBe(result?.thumbprint);
    expect(registry.readNumber(SCEP_KEY, 'Status')).toBe(1);
    expect(registry.readText(SCEP_KEY, 'RespondentServerUrl')).toBe('http://127.0.0.1/scep');
    expect(registry.hasKey(`${SCEP_KEY}\\Install\\Challenge`)).toBe(false);
    expect(registry.readText(`${SCEP_KEY}\\Install`, 'SubjectName')).toBe('CN=device');
    expect(client.tasks()).toEqual([]);
  });

  it('runs when it is due and not before: three attempts, a minute apart, with the same challenge', async () => {
    const { client, ca, wait } = await setUp({ statuses: [503, 503] });
    expect(await client.runDueTasks()).toMatchObject([{ status: 16, errorCode: 0x801901f7 }]);
    const registry = client.registry();
    expect(registry.readNumber(SCEP_KEY, 'Status')).toBe(32);
    expect(registry.readNumber(SCEP_KEY, 'ErrorCode')).toBe(0x801901f7);
    expect(registry.readNumber(`${SCEP_KEY}\\Install`, 'CurrentRetryCount')).toBe(2);
    expect(await client.runDueTasks()).toEqual([]);
    expect(client.nextTaskAt()).toEqual(new Date('2026-11-22T12:01:00Z'));
    await wait(59_999);
    expect(await client.runDueTasks()).toEqual([]);
    await wait(1);
    expect(await client.runDueTasks()).toMatchObject([{ status: 16, attempts: 2 }]);
    await wait(60_000);
    expect(await client.runDueTasks()).toMatchObject([{ status: 1, attempts: 3 }]);
    expect(client.nextTaskAt()).toBeUndefined();
    expect(ca.requests.map(({ challenge }) => challenge)).toEqual(['the-challenge']);
  });

  it('gives up after the third failure, and tells the server in the next session', async () => {
    const { client, server } = await setUp({ statuses: [404, 404, 404] });
    expect(await client.runTasks()).toMatchObject([{ status: 16, attempts: 3, errorCode: 0x80190194 }]);
    expect(client.state().nodes['One']).toMatchObject({ thumbprint: '', status: 16, errorCode: -2145844844 });
    expect(client.registry().hasKey(`${SCEP_KEY}\\Install\\Challenge`)).toBe(false);
    expect(client.tasks()).toEqual([]);
    await client.sync();
    expect(server.received.at(-1)?.commands[1]).toMatchObject({
      name: 'Alert',
      code: 1226,
      items: [{ type: 'com.microsoft:mdm.SCEPcertinstall.result', data: '-2145844844' }],
    });
    await client.sync();
    expect(server.received.at(-1)?.commands.filter(({ name }) => name === 'Alert')).toHaveLength(1);
  });

  it('fails by settings that it cannot use', async () => {
    const { client, ca } = await setUp({}, { KeyUsage: ['int', '2'] });
    expect(await client.runTasks()).toMatchObject([{ status: 16, errorCode: 0x80070057 }]);
    expect(ca.log).toEqual([]);
  });

  it('polls while the server says PENDING, and is left pending', async () => {
    const { client } = await setUp({ answer: () => ({ pkiStatus: 'PENDING', envelope: new Uint8Array() }) });
    expect(await client.runTasks()).toMatchObject([{ status: 2, attempts: 1 }]);
    expect(client.state().nodes['One']).toMatchObject({ status: 2 });
  });

  it('shows no thumbprint once the user has deleted the certificate', async () => {
    const { client } = await setUp();
    const [result] = await client.runTasks();
    expect(client.state().nodes['One']?.thumbprint).toBe(result?.thumbprint);
    expect(client.deleteCertificate('Another')).toEqual([]);
    expect(client.deleteCertificate('One')).toEqual([result?.thumbprint]);
    expect(client.state().nodes['One']).toMatchObject({ thumbprint: '', status: 1 });
  });

  it('keeps what it has to tell until the server was reached', async () => {
    let reachable = true;
    const { client, server } = await setUp(
      {},
      {},
      (exchange) => (message) => (reachable ? exchange(message) : Promise.reject(new Error('unreachable'))),
    );
    await client.runTasks();
    reachable = false;
    await expect(client.sync()).rejects.toThrow('unreachable');
    reachable = true;
    await client.sync();
    expect(server.received.at(-1)?.commands.filter(({ name }) => name === 'Alert')).toHaveLength(2);
  });
});
