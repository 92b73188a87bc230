/** A device that lost its patience asks again while its first attempt still waits for the key: the key is used once. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createDeviceLine } from './device-line.js';
import { attempt, createDevice, createKeyPool, sync } from './fleet.js';
import { judge } from './judge.js';
import { startWorld, type World } from './world.js';

const SECOND_MS = 1_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('lets one of two attempts at once sign, and tells the other when to come back', async () => {
  await world.moveToQuietTime();
  const since = world.clock.now();
  const signedBefore = world.signed.length;
  const line = createDeviceLine();
  const keys = await createKeyPool(1);
  const device = createDevice({ world, keys, fetch: line.fetch, number: 1, strikes: 0, key: 'same' });
  await sync(world, device);

  const { vault } = world.proxies;
  vault.aim('sign', 'hang');
  const first = attempt(device);
  await vi.waitUntil(() => vault.hanging > 0, { timeout: 60_000 });
  vault.aim();
  await attempt(device);
  expect(line.answers.map(({ status }) => status)).toEqual([429]);
  expect(Number(line.answers[0]?.retryAfter)).toBeGreaterThan(0);

  // The first gives up on what it asked the key, and asks anew.
  let ended = false;
  void first.then(() => (ended = true));
  await vi.waitUntil(
    async () => {
      if (!ended && world.quietMs() > 100) await world.moveTime(SECOND_MS);
      return ended;
    },
    { timeout: 60_000 },
  );
  expect(line.answers.map(({ status }) => status)).toEqual([429, 200]);
  const verdict = await judge(world, [device], since, world.signed.slice(signedBefore));
  expect(verdict).toMatchObject({ complaints: [], signatures: 1, rows: 1, live: 1 });
});
