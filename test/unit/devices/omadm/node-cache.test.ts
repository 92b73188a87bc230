import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createWindowsClient } from '../../../../dev/devices/omadm/client.js';
import type { DmCommand } from '../../../../dev/syncml/message.js';
import { order, SCEP_ROOT, scriptServer } from './scripted-server.js';

const CACHE = './Device/Vendor/MSFT/NodeCache/MS DM Server';
const NODE = `${SCEP_ROOT}/One`;
const SUBJECT = `${NODE}/Install/SubjectName`;
const SHA256 = 'application/x-nodemon-sha256';
const NONEXISTENT = 'application/x-nodemon-nonexistent';

/** A device with one setting, `CN=device`. */
async function ask(...commands: readonly DmCommand[]) {
  const server = scriptServer([
    order(1, 'Add', NODE, undefined, 'node'),
    order(2, 'Add', SUBJECT, 'CN=device', 'chr'),
    ...commands,
  ]);
  const client = createWindowsClient({ deviceId: 'd', simulatorUrl: 'http://x', exchange: server.exchange });
  await client.sync();
  return { client, codes: server.statuses(1), results: server.results(1) };
}

const watch = (first: number, id: string, uri: string, expected: string, type?: string): DmCommand[] => [
  order(first, 'Add', `${CACHE}/Nodes/${id}`, undefined, 'node'),
  order(first + 1, 'Add', `${CACHE}/Nodes/${id}/NodeURI`, uri, 'chr'),
  order(first + 2, 'Add', `${CACHE}/Nodes/${id}/ExpectedValue`, expected, 'chr', type),
];

const changed = order(90, 'Get', `${CACHE}/ChangedNodes`);

describe('the node cache', () => {
  it('has no version until the server gives it one', async () => {
    const { codes, results } = await ask(
      order(10, 'Get', `${CACHE}/CacheVersion`),
      order(11, 'Replace', `${CACHE}/CacheVersion`, '7', 'chr'),
      order(12, 'Get', `${CACHE}/CacheVersion`),
      order(13, 'Add', `${CACHE}/CacheVersion`, '8', 'chr'),
    );
    expect(codes).toMatchObject({ 10: 404, 11: 200, 12: 200, 13: 418 });
    expect(results['12']).toBe('7');
  });

  it.each<[string, string, string, string | undefined, string]>([
    ['the value as expected', SUBJECT, 'CN=device', undefined, ''],
    ['another value', SUBJECT, 'CN=other', undefined, 'A'],
    ['a node that is gone', `${NODE}/Install/Challenge`, 'x', undefined, 'A'],
    ['a node that should not be there, and is not', `${NODE}/Install/Challenge`, '', NONEXISTENT, ''],
    ['a node that should not be there, and is', SUBJECT, '', NONEXISTENT, 'A'],
    ['a hash that fits', SUBJECT, createHash('sha256').update('CN=device').digest('base64'), SHA256, ''],
    ['a hash that does not', SUBJECT, createHash('sha256').update('CN=other').digest('base64'), SHA256, 'A'],
  ])('compares %s', async (_case, uri, expected, type, ids) => {
    const { results } = await ask(...watch(10, 'A', uri, expected, type), changed);
    expect(results['90']).toBe(ids);
  });

  it('lists what changed by id, and with its data in base64', async () => {
    const { results } = await ask(
      ...watch(10, 'A', SUBJECT, 'CN=other'),
      ...watch(20, 'B', `${NODE}/Status`, '32'),
      order(30, 'Add', `${CACHE}/Nodes/C`, undefined, 'node'),
      changed,
      order(91, 'Get', `${CACHE}/ChangedNodesData`),
      order(92, 'Get', `${CACHE}/Nodes`),
    );
    expect(results['90']).toBe('A,C');
    const data = Buffer.from('CN=device').toString('base64');
    expect(results['91']).toBe(
      `<Nodes><Node Id="A" Uri="${SUBJECT}">${data}</Node><Node Id="C" Uri=""></Node></Nodes>`,
    );
    expect(results['92']).toBe('A/B/C');
  });

  it('takes the value of now for the expected one when told so', async () => {
    const { results } = await ask(
      ...watch(10, 'A', SUBJECT, 'CN=other'),
      order(20, 'Replace', `${CACHE}/Nodes/A/AutoSetExpectedValue`, '', 'chr'),
      order(21, 'Get', `${CACHE}/Nodes/A/ExpectedValue`),
      changed,
    );
    expect(results).toMatchObject({ 21: 'CN=device', 90: '' });
  });

  it('refuses an id with a comma, a second node of the same id, and what is not there', async () => {
    const { codes } = await ask(
      order(10, 'Add', `${CACHE}/Nodes/A,B`, undefined, 'node'),
      order(11, 'Add', `${CACHE}/Nodes/A`, undefined, 'node'),
      order(12, 'Add', `${CACHE}/Nodes/A`, undefined, 'node'),
      order(13, 'Delete', `${CACHE}/Nodes/A`),
      order(14, 'Delete', `${CACHE}/Nodes/A`),
      order(15, 'Replace', `${CACHE}/ChangedNodes`, 'x', 'chr'),
      order(16, 'Get', `${CACHE}/Nonsense`),
      order(17, 'Get', './Device/Vendor/MSFT/NodeCache/Other/CacheVersion'),
    );
    expect(codes).toMatchObject({ 10: 500, 11: 200, 12: 418, 13: 200, 14: 404, 15: 405, 16: 404, 17: 404 });
  });

  it('lies in the registry where Windows has it, numbered', async () => {
    const { client } = await ask(...watch(10, 'A', SUBJECT, 'CN=device'), ...watch(20, 'B', SUBJECT, 'x'));
    const key = 'HKLM\\SOFTWARE\\Microsoft\\Provisioning\\NodeCache\\CSP\\Device\\MS DM Server\\Nodes';
    expect(client.registry().subkeys(key)).toEqual(['1', '2']);
    expect(client.registry().readText(`${key}\\2`, 'NodeURI')).toBe(SUBJECT);
    expect(client.registry().readText(`${key}\\1`, 'ExpectedValue')).toBe('CN=device');
  });

  it('can be thrown away and begun anew', async () => {
    const { codes, results } = await ask(
      ...watch(10, 'A', SUBJECT, 'x'),
      order(20, 'Delete', CACHE),
      order(21, 'Get', `${CACHE}/ChangedNodes`),
      order(22, 'Add', CACHE, undefined, 'node'),
      changed,
    );
    expect(codes).toMatchObject({ 20: 200, 21: 404, 22: 200 });
    expect(results['90']).toBe('');
  });
});
