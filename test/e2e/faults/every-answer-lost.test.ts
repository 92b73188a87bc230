/**
 * What nobody can heal at once: a certificate was delivered, as far as the server can know, and each answer with it was
 * lost. The device gets another under its next challenge; Intune knows both, and asks for both to be revoked when the
 * device's time is over.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certificatesOf } from '../../../dev/intune/state.js';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { createDeviceLine } from './device-line.js';
import { attempt, createDevice, createKeyPool, sync } from './fleet.js';
import { readRecords } from './judge.js';
import { startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each(['same', 'fresh'] as const)(
  'leaves a certificate behind that is revoked with the device (%s key)',
  async (key) => {
    const since = world.clock.now();
    const line = createDeviceLine();
    const keys = await createKeyPool(4);
    const number = key === 'same' ? 1 : 2;
    const device = createDevice({ world, keys, fetch: line.fetch, number, strikes: 0, key });
    const states = async () => {
      const records = await readRecords(world, since);
      return records
        .filter(({ deviceId }) => deviceId === device.id)
        .map(({ state }) => state)
        .sort();
    };

    await sync(world, device);
    line.loseAnswers(true);
    for (let turn = 0; turn < 3; turn++) {
      await attempt(device);
      await world.moveTime(MINUTE_MS);
    }
    line.loseAnswers(false);
    expect(device.certificate).toBeUndefined();
    // One challenge, one certificate, whatever the device tries.
    expect(await states()).toEqual(['delivered']);

    await sync(world, device);
    await attempt(device);
    expect(await states()).toEqual(['delivered', 'delivered']);
    const { state } = world.simulator;
    expect(certificatesOf(state, device.id).map((certificate) => certificate.state)).toEqual([
      'superseded',
      'active',
    ]);

    const wiped = await fetch(`${world.simulator.url}/_sim/devices/${device.id}/wipe`, { method: 'POST' });
    expect(wiped.status).toBe(200);
    await world.server.runTimer('timer-intune-revocations');
    expect(await states()).toEqual(['revoked', 'revoked']);
  },
);
