import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { control, installCertificate } from '../../support/intune-simulator.js';

let simulator: IntuneSimulator;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
beforeEach(async () => {
  await control(simulator, 'POST', 'reset');
});
afterAll(() => simulator.close());

describe('the control API', () => {
  it('is off when not enabled, and binds to loopback alone', async () => {
    const closed = await startIntuneSimulator({ control: false });
    expect((await control(closed, 'GET', 'devices')).status).toBe(404);
    await closed.close();
    await expect(startIntuneSimulator({ address: '0.0.0.0' })).rejects.toThrow(RangeError);
  });

  it('lists what a SCEP server must be told', async () => {
    expect((await control(simulator, 'GET', 'settings')).body).toMatchObject({
      authority: simulator.url,
      tenantId: SEED_IDS.tenant,
      clientId: SEED_IDS.client,
      intuneScope: 'https://api.manage.microsoft.com//.default',
    });
  });

  it.each(['tenants', 'apps', 'users', 'devices', 'profiles'])(
    'creates, reads, changes and deletes %s',
    async (kind) => {
      const created = await control(simulator, 'POST', kind, {});
      expect(created.status).toBe(201);
      const id = String(created.body['clientId'] ?? created.body['id']);
      expect((await control(simulator, 'GET', `${kind}/${id}`)).body).toEqual(created.body);
      expect((await control(simulator, 'PATCH', `${kind}/${id}`, { unheard: 1 })).status).toBe(400);
      expect((await control(simulator, 'POST', kind, created.body)).status).toBe(409);
      expect((await control(simulator, 'DELETE', `${kind}/${id}`)).status).toBe(204);
      const after = await control(simulator, 'GET', `${kind}/${id}`);
      // A deleted device is remembered as such.
      if (kind === 'devices') expect(after.body).toMatchObject({ state: 'deleted' });
      else expect(after.status).toBe(404);
    },
  );

  it('shows no private key of a tenant', async () => {
    const { body } = await control(simulator, 'GET', `tenants/${SEED_IDS.tenant}`);
    expect(Object.keys(body).sort()).toEqual([
      'accountId',
      'challengeIntervalMinutes',
      'domain',
      'id',
      'scaleUnit',
    ]);
  });

  it('assigns a profile to everybody', async () => {
    const { body: profile } = await control(simulator, 'POST', 'profiles', { name: 'Second' });
    await control(simulator, 'POST', 'assignments', { profileId: profile['id'], target: 'allDevices' });
    const { body } = await control(simulator, 'POST', `devices/${SEED_IDS.device}/sync`);
    expect(body['decisions']).toHaveLength(2);
  });

  it('sets the URL and the thumbprint of the seeded profile', async () => {
    const { body } = await control(simulator, 'PATCH', `profiles/${SEED_IDS.profile}`, {
      serverUrls: ['http://127.0.0.1:1/scep'],
      caThumbprint: 'ab'.repeat(20),
    });
    expect(body).toMatchObject({ version: 1, caThumbprint: 'AB'.repeat(20) });
    const sync = await control(simulator, 'POST', `devices/${SEED_IDS.device}/sync`);
    expect(JSON.stringify(sync.body)).toContain('http://127.0.0.1:1/scep');
  });

  it('moves the clock', async () => {
    const set = (body: object) => control(simulator, 'POST', 'clock', body);
    expect((await set({ set: '2030-01-01T00:00:00Z' })).body).toEqual({
      now: '2030-01-01T00:00:00.000Z',
      frozen: true,
    });
    expect((await set({ advance: 'P1DT1H' })).body['now']).toBe('2030-01-02T01:00:00.000Z');
    expect((await set({ advance: 60 })).body['now']).toBe('2030-01-02T01:01:00.000Z');
    expect((await set({ running: true })).body['frozen']).toBe(false);
    expect((await set({ advance: 'soon' })).status).toBe(400);
    expect((await set({ set: 'never' })).status).toBe(400);
    await control(simulator, 'POST', 'reset');
    const { body } = await control(simulator, 'GET', 'clock');
    expect(String(body['now']).startsWith('2030')).toBe(false);
  });

  it('takes the reports of a device', async () => {
    const { uniqueId } = await installCertificate(simulator, 86_400_000);
    const report = await control(simulator, 'POST', `devices/${SEED_IDS.device}/report`, {
      uniqueId,
      status: 16,
      errorCode: -2145844844,
      thumbprint: '',
    });
    expect(report.body).toMatchObject({
      csp: { [uniqueId]: { status: 16, errorCode: -2145844844, thumbprint: '' } },
    });
  });

  it('starts again from the seed', async () => {
    await control(simulator, 'DELETE', `users/${SEED_IDS.user}`);
    await control(simulator, 'PATCH', `profiles/${SEED_IDS.profile}`, { name: 'Edited' });
    await control(simulator, 'PATCH', 'switches', { singleUse: true });
    await control(simulator, 'POST', 'reset');
    expect((await control(simulator, 'GET', `users/${SEED_IDS.user}`)).status).toBe(200);
    expect((await control(simulator, 'GET', `profiles/${SEED_IDS.profile}`)).body['name']).toBe(
      'Device certificate',
    );
    expect((await control(simulator, 'GET', 'switches')).body['singleUse']).toBe(false);
  });

  it('mints spoiled challenges, and knows no others', async () => {
    const mint = (mutation: string) =>
      control(simulator, 'POST', 'challenges', {
        deviceId: SEED_IDS.device,
        profileId: SEED_IDS.profile,
        mutation,
      });
    expect((await mint('expired')).status).toBe(201);
    expect((await mint('haunted')).status).toBe(400);
  });

  it.each(['/_sim/nothing', '/_sim/devices/none', '/elsewhere'])('answers 404 at %s', async (path) => {
    expect((await fetch(simulator.url + path)).status).toBe(404);
  });
});
