/** Graph's devices and users, asked over HTTP as any client would ask. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { control, getToken, GRAPH_SCOPE, INTUNE_SCOPE } from '../../support/intune-simulator.js';

let simulator: IntuneSimulator;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => control(simulator, 'POST', 'reset'));

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly value?: Record<string, unknown>[] };
}

async function graph(pathOrUrl: string, scope = GRAPH_SCOPE): Promise<Answer> {
  const url = pathOrUrl.startsWith('http') ? pathOrUrl : `${simulator.url}/v1.0/${pathOrUrl}`;
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${await getToken(simulator, scope)}` },
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const link = ({ body }: Answer, name: 'nextLink' | 'deltaLink') => String(body[`@odata.${name}`]);

describe('one object', () => {
  it('is found by each of its keys, with what is selected', async () => {
    const byDeviceId = await graph(
      `devices(deviceId='${SEED_IDS.deviceEntra}')?$select=deviceId,accountEnabled`,
    );
    expect(byDeviceId.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      deviceId: SEED_IDS.deviceEntra,
      accountEnabled: true,
    });
    expect((await graph(`devices/${String(byDeviceId.body['id'])}`)).status).toBe(200);
    for (const key of [SEED_IDS.user, 'Robin%40skep-simulator.onmicrosoft.com']) {
      expect((await graph(`users/${key}`)).body).toMatchObject({ id: SEED_IDS.user, accountEnabled: true });
    }
    expect((await graph(`deviceManagement/managedDevices/${SEED_IDS.device}`)).body).toMatchObject({
      azureADDeviceId: SEED_IDS.deviceEntra,
      userPrincipalName: 'robin@skep-simulator.onmicrosoft.com',
      complianceState: 'compliant',
      deviceActionResults: [],
    });
  });

  it('that is not there is not found', async () => {
    expect(await graph(`users/${SEED_IDS.device}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound' } },
    });
  });

  it('is shown to Graph’s tokens alone', async () => {
    expect((await graph(`users/${SEED_IDS.user}`, INTUNE_SCOPE)).status).toBe(401);
  });
});

describe('what an administrator does', () => {
  const act = (name: string) => control(simulator, 'POST', `devices/${SEED_IDS.device}/${name}`);
  const device = () => graph(`devices(deviceId='${SEED_IDS.deviceEntra}')`);
  const managed = () => graph(`deviceManagement/managedDevices/${SEED_IDS.device}`);

  it('shows: disable, enable, unregister', async () => {
    await act('disable');
    expect((await device()).body['accountEnabled']).toBe(false);
    await act('enable');
    expect((await device()).body['accountEnabled']).toBe(true);
    await act('unregister');
    expect((await device()).status).toBe(404);
    expect((await managed()).status).toBe(200);
  });

  it('shows: retire, wipe, delete', async () => {
    await act('retire');
    await act('wipe');
    expect((await managed()).body['deviceActionResults']).toMatchObject([
      { actionName: 'retire', actionState: 'pending' },
      { actionName: 'wipe', actionState: 'done' },
    ]);
    await control(simulator, 'DELETE', `devices/${SEED_IDS.device}`);
    expect((await managed()).status).toBe(404);
    expect((await device()).status).toBe(200);
  });
});

describe('a list', () => {
  it('comes in pages, and filtered by the Entra device', async () => {
    for (const name of ['A', 'B']) await control(simulator, 'POST', 'devices', { name });
    await control(simulator, 'PATCH', 'switches', { graphPageSize: 2 });
    const first = await graph('deviceManagement/managedDevices?$select=deviceName');
    expect(first.body.value).toHaveLength(2);
    const second = await graph(link(first, 'nextLink'));
    expect(second.body.value).toEqual([{ id: expect.any(String) as string, deviceName: 'B' }]);
    expect(second.body).not.toHaveProperty('@odata.nextLink');
    const filter = encodeURIComponent(`azureADDeviceId eq '${SEED_IDS.deviceEntra}'`);
    const filtered = await graph(`deviceManagement/managedDevices?$filter=${filter}`);
    expect(filtered.body.value).toMatchObject([{ id: SEED_IDS.device }]);
    expect((await graph('deviceManagement/managedDevices?$filter=x')).status).toBe(400);
  });
});

describe('a delta', () => {
  it('tells all, then what changed, then what was removed, and selects as it began', async () => {
    const all = await graph('users/delta?$select=accountEnabled');
    expect(all.body.value).toEqual([{ id: SEED_IDS.user, accountEnabled: true }]);
    const nothing = await graph(link(all, 'deltaLink'));
    expect(nothing.body.value).toEqual([]);
    await control(simulator, 'PATCH', `users/${SEED_IDS.user}`, { accountEnabled: false, mail: 'x' });
    const changed = await graph(link(nothing, 'deltaLink'));
    expect(changed.body.value).toEqual([{ id: SEED_IDS.user, accountEnabled: false }]);
    await control(simulator, 'DELETE', `users/${SEED_IDS.user}`);
    const removed = await graph(link(changed, 'deltaLink'));
    expect(removed.body.value).toEqual([{ id: SEED_IDS.user, '@removed': { reason: 'changed' } }]);
    expect((await graph(link(changed, 'deltaLink'))).body.value).toEqual(removed.body.value);
  });

  it('is gone when its token is', async () => {
    const all = await graph('devices/delta');
    await control(simulator, 'POST', 'reset');
    expect((await graph(link(all, 'deltaLink'))).status).toBe(410);
  });
});
