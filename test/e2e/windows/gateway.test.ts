import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { MANAGEMENT_PATH } from '../../../dev/syncml/management-path.js';
import { SYNCML_TYPE, type DmCommand, type DmMessage } from '../../../dev/syncml/message.js';
import { parseSyncMl } from '../../../dev/syncml/parse.js';
import { renderSyncMl } from '../../../dev/syncml/render.js';

let simulator: IntuneSimulator;

beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterAll(() => simulator.close());

const post = (body: string, type = SYNCML_TYPE, method = 'POST') =>
  fetch(`${simulator.url}${MANAGEMENT_PATH}`, {
    method,
    headers: { 'content-type': type },
    ...(method === 'POST' && { body }),
  });

const ALERT: DmCommand = { name: 'Alert', cmdId: '1', code: 1201, items: [] };

const message = (
  messageId: number,
  commands: readonly DmCommand[],
  source: string = SEED_IDS.device,
  sessionId = '1',
): DmMessage => ({ header: { sessionId, messageId, target: 'mdm', source }, commands, final: true });

const say = async (sent: DmMessage): Promise<DmMessage> =>
  parseSyncMl(await (await post(renderSyncMl(sent))).text());

const headerCode = ({ commands }: DmMessage): number | undefined =>
  commands.find((command) => command.name === 'Status' && command.cmd === 'SyncHdr' && 'code' in command)
    ? (commands[0] as Extract<DmCommand, { name: 'Status' }>).code
    : undefined;

describe('the MDM gateway over HTTP', () => {
  it('answers SyncML with SyncML, addressed back', async () => {
    const response = await post(renderSyncMl(message(1, [ALERT])), `${SYNCML_TYPE}; charset=utf-8`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`${SYNCML_TYPE}; charset=utf-8`);
    const answer = parseSyncMl(await response.text());
    expect(answer.header).toEqual({ sessionId: '1', messageId: 1, target: SEED_IDS.device, source: 'mdm' });
    expect(answer.commands).toMatchObject([
      { name: 'Status', cmdRef: '0', cmd: 'SyncHdr', code: 212 },
      { name: 'Status', cmdRef: '1', cmd: 'Alert', code: 200 },
      { name: 'Get', items: [{ target: expect.stringMatching(/CacheVersion$/) as string }] },
      { name: 'Get', items: [{ target: expect.stringMatching(/ChangedNodes$/) as string }] },
    ]);
  });

  it.each([
    [405, SYNCML_TYPE, 'GET', ''],
    [415, 'text/xml', 'POST', '<SyncML/>'],
    [400, SYNCML_TYPE, 'POST', 'no XML'],
    [400, SYNCML_TYPE, 'POST', '<!DOCTYPE a [<!ENTITY b "c">]><SyncML/>'],
  ])('answers %d to %s by %s', async (status, type, method, body) => {
    expect((await post(body, type, method)).status).toBe(status);
  });

  it('does not know a stranger, a session that was never begun, or a message out of turn', async () => {
    expect(headerCode(await say(message(1, [ALERT], 'stranger')))).toBe(401);
    expect(headerCode(await say(message(2, [], 'stranger')))).toBe(401);
    await say(message(1, [ALERT]));
    expect(headerCode(await say(message(3, [])))).toBe(400);
    expect(headerCode(await say(message(2, [], SEED_IDS.device, '2')))).toBe(400);
    expect(headerCode(await say(message(2, [])))).toBe(200);
  });

  it('begins anew when the device does', async () => {
    await say(message(1, [ALERT]));
    const again = await say(message(1, [ALERT], SEED_IDS.device, '9'));
    expect(headerCode(again)).toBe(212);
  });
});
