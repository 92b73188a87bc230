import { describe, expect, it } from 'vitest';
import { createWindowsClient, type WindowsClient } from '../../../../dev/devices/omadm/client.js';
import type { DmCommand } from '../../../../dev/syncml/message.js';
import {
  order,
  requestAtomic,
  SCEP_ROOT,
  scriptServer,
  SETTINGS,
  type ScriptedServer,
} from './scripted-server.js';

const NODE = `${SCEP_ROOT}/One`;

async function sync(
  ...script: readonly (readonly DmCommand[])[]
): Promise<{ server: ScriptedServer; client: WindowsClient }> {
  const server = scriptServer(...script);
  const client = createWindowsClient({ deviceId: 'd', simulatorUrl: 'http://x', exchange: server.exchange });
  await client.sync();
  return { server, client };
}

describe('an OMA DM session', () => {
  it('opens with the alert of a client and its DevInfo, counts its messages, and ends when the server is done', async () => {
    const { server } = await sync([order(3, 'Get', SCEP_ROOT)]);
    const [first, second] = server.received;
    expect(server.received).toHaveLength(2);
    expect(first?.commands[0]).toEqual({ name: 'Alert', cmdId: '1', code: 1201, items: [] });
    expect(first?.commands[1]).toMatchObject({
      name: 'Replace',
      items: [{ source: './DevInfo/DevId', data: 'd' }, {}, {}, {}, {}],
    });
    expect([first, second].map((message) => message?.header.messageId)).toEqual([1, 2]);
    expect(second?.commands).toMatchObject([
      { name: 'Status', msgRef: 1, cmdRef: '0', cmd: 'SyncHdr', code: 200 },
      { name: 'Status', msgRef: 1, cmdRef: '3', cmd: 'Get', code: 200 },
      { name: 'Results', cmdRef: '3', items: [{ source: SCEP_ROOT, format: 'node', data: '' }] },
    ]);
  });

  it('gives up on a server that refuses its header', async () => {
    const { exchange } = scriptServer([
      { name: 'Status', cmdId: '1', msgRef: 1, cmdRef: '0', cmd: 'SyncHdr', code: 401 },
    ]);
    const client = createWindowsClient({ deviceId: 'd', simulatorUrl: 'http://x', exchange });
    expect(await client.sync()).toMatchObject({ accepted: false });
  });

  it('takes a whole request: 200 for each Add, 202 for the Exec, 200 for the Atomic', async () => {
    const { server, client } = await sync([requestAtomic(1, 'One')]);
    const codes = server.statuses(1);
    expect(codes['1']).toBe(200);
    expect(codes['14']).toBe(202);
    expect(Object.values(codes).filter((code) => code === 200)).toHaveLength(2 + 12);
    expect(client.tasks()).toHaveLength(1);
  });

  it('undoes an Atomic of which a member fails', async () => {
    const { server, client } = await sync([requestAtomic(1, 'One', { KeyUsage: ['int', 'not a number'] })]);
    const codes = server.statuses(1);
    expect(codes).toMatchObject({ 1: 507, 2: 216, 3: 216, 4: 216, 5: 415, 6: 215, 14: 215 });
    expect(client.state().nodes).toEqual({});
    expect(client.tasks()).toEqual([]);
  });

  it('takes neither a Get nor an Atomic inside an Atomic', async () => {
    const get: DmCommand = { name: 'Atomic', cmdId: '1', commands: [order(2, 'Get', SCEP_ROOT)] };
    const nested: DmCommand = {
      name: 'Atomic',
      cmdId: '3',
      commands: [{ name: 'Atomic', cmdId: '4', commands: [] }],
    };
    const { server } = await sync([get, nested]);
    expect(server.statuses(1)).toMatchObject({ 1: 507, 2: 500, 3: 507, 4: 500 });
  });

  it.each<[string, number, DmCommand]>([
    ['a node that is not there', 404, order(9, 'Get', `${SCEP_ROOT}/Other/Status`)],
    ['a leaf that no CSP knows', 404, order(9, 'Get', `${NODE}/Install/Nonsense`)],
    ['another CSP', 404, order(9, 'Get', './Device/Vendor/MSFT/BitLocker')],
    ['the user’s tree with nobody logged on', 404, order(9, 'Get', SCEP_ROOT.replace('Device', 'User'))],
    ['an Add of what exists', 418, order(9, 'Add', NODE, undefined, 'node')],
    ['an Add of a leaf that exists', 418, order(9, 'Add', `${NODE}/Install/SubjectName`, 'CN=x', 'chr')],
    ['a Replace of what is for reading', 405, order(9, 'Replace', `${NODE}/Status`, '1', 'int')],
    ['a Get of Enroll', 405, order(9, 'Get', `${NODE}/Install/Enroll`)],
    ['another format than the node’s', 415, order(9, 'Replace', `${NODE}/Install/KeyUsage`, '1', 'chr')],
    ['an Exec of a request that lacks settings', 500, order(9, 'Exec', `${NODE}/Install/Enroll`)],
    ['a Replace of a leaf that is not there yet', 200, order(9, 'Replace', `${NODE}/Install/Challenge`, 'x')],
    ['an escaped address', 200, order(9, 'Get', `./Vendor/MSFT/NodeCache/MS%20DM%20Server/ChangedNodes`)],
    ['an Alert of the server', 406, { name: 'Alert', cmdId: '9', code: 1200, items: [] }],
  ])('answers %s with %d', async (_case, code, command) => {
    const { server } = await sync([
      order(1, 'Add', NODE, undefined, 'node'),
      order(2, 'Add', `${NODE}/Install/SubjectName`, 'CN=device', 'chr'),
      command,
    ]);
    expect(server.statuses(1)).toMatchObject({ 1: 200, 2: 200, 9: code });
  });

  it('holds what Exec was given until the enrollment is over', async () => {
    const { server } = await sync([
      requestAtomic(1, 'One'),
      order(20, 'Replace', `${NODE}/Install/SubjectName`, 'CN=other', 'chr'),
      order(21, 'Exec', `${NODE}/Install/Enroll`),
      order(22, 'Get', `${NODE}/Install/SubjectName`),
    ]);
    expect(server.statuses(1)).toMatchObject({ 20: 405, 21: 405, 22: 200 });
    expect(server.results(1)['22']).toBe('CN=device');
  });

  it('shows a new request as pending, lists its nodes, and deletes it whole', async () => {
    const { server, client } = await sync(
      [
        requestAtomic(1, 'One'),
        order(20, 'Get', `${NODE}/Status`),
        order(21, 'Get', `${NODE}/CertThumbprint`),
        order(22, 'Get', NODE),
        order(23, 'Get', `${NODE}/Install`),
        order(24, 'Get', SCEP_ROOT),
      ],
      [order(1, 'Delete', NODE)],
    );
    expect(server.results(1)).toEqual({
      20: '32',
      21: '',
      22: 'Install/CertThumbprint/Status/ErrorCode/RespondentServerUrl',
      23: expect.stringContaining('ServerURL/Challenge/EKUMapping') as string,
      24: 'One',
    });
    expect(server.statuses(2)).toMatchObject({ 1: 200 });
    expect(client.state().nodes).toEqual({});
    expect(client.tasks()).toEqual([]);
  });

  it('has the registry that Windows has', async () => {
    const { client } = await sync([requestAtomic(1, 'One')]);
    const key = 'HKLM\\SOFTWARE\\Microsoft\\SCEP\\MS DM Server\\One';
    const [root, install, challenge] = client.registry().list(key);
    expect(root).toEqual({
      path: key,
      values: {
        CertThumbprint: { type: 'REG_SZ', data: '' },
        Status: { type: 'REG_DWORD', data: 0x20 },
      },
    });
    expect(install?.path).toBe(`${key}\\Install`);
    expect(install?.values).toMatchObject({
      KeyUsage: { type: 'REG_DWORD', data: 160 },
      SubjectName: { type: 'REG_SZ', data: 'CN=device' },
      CurrentRetryCount: { type: 'REG_DWORD', data: 1 },
      CorrelationGuid: { type: 'REG_SZ', data: expect.stringMatching(/^\{[0-9A-F-]{36}\}$/) as string },
      Enroll: { type: 'REG_SZ', data: '' },
      TemplateName: { type: 'REG_SZ', data: '' },
    });
    expect(challenge?.path).toBe(`${key}\\Install\\Challenge`);
    expect(challenge?.values['Challenge']?.type).toBe('REG_BINARY');
    const [, secret = ''] = SETTINGS['Challenge'] ?? [];
    const stored = Buffer.from((challenge?.values['Challenge']?.data ?? '') as Uint8Array);
    expect(stored.includes(Buffer.from(secret, 'utf16le')) || stored.includes(secret)).toBe(false);
  });

  it('makes the task that the article shows', async () => {
    const server = scriptServer([requestAtomic(1, 'ModelName_AC_x_LogicalName_y_Hash_-1')]);
    const client = createWindowsClient({
      deviceId: 'd',
      simulatorUrl: 'http://x',
      exchange: server.exchange,
      enrollmentId: '0a0b0c0d-0000-4000-8000-000000000001',
    });
    await client.sync();
    expect(client.tasks()).toMatchObject([
      {
        folder: '\\Microsoft\\Windows\\EnterpriseMgmt\\{0A0B0C0D-0000-4000-8000-000000000001}',
        name: 'ModelName_AC_x_LogicalName_y_Hash_-1S-1-5-18',
        command: 'dmcertinst.exe',
        arguments:
          '-s -k "Software\\Microsoft\\SCEP\\MS DM Server\\ModelName_AC_x_LogicalName_y_Hash_-1\\Install" ' +
          '-h HKLM -t ModelName_AC_x_LogicalName_y_Hash_-1',
        attempts: 3,
        intervalMs: 60_000,
      },
    ]);
  });

  it('forgets its management when it is unenrolled or wiped', async () => {
    const { server, client } = await sync([
      requestAtomic(1, 'One'),
      order(20, 'Exec', './Device/Vendor/MSFT/RemoteWipe/doWipe'),
      order(21, 'Get', './Device/Vendor/MSFT/RemoteWipe/doWipe'),
    ]);
    expect(server.statuses(1)).toMatchObject({ 20: 202, 21: 405 });
    expect(client.state()).toEqual({ management: 'wiped', nodes: {} });
    expect(client.registry().list()).toEqual([]);
  });
});
