/** The storage goes away under load, and comes back: nobody is told nonsense, nothing is lost, nobody restarts anything. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { createDeviceLine } from './device-line.js';
import { attempt, createDevice, createKeyPool, sync, type Device } from './fleet.js';
import { judge } from './judge.js';
import { startWorld, type World } from './world.js';

const DEVICES = 60;
/** At work side by side. */
const LANES = 6;
/** A machine with much else to do needs longer than the few seconds that this takes. */
const LIMITS = { timeout: 300_000 };

let world: World;
beforeAll(async () => {
  world = await startWorld({ durable: true });
  // Without the proxy between them: a storage that is gone refuses connections.
  await world.server.kill();
  await world.startServer({ SKEP_STORAGE_CONNECTION: world.storage.connectionString });
});
afterAll(() => world.close());

it(
  'answers 503 with Retry-After while it is away, loses nothing, and recovers by itself',
  LIMITS,
  async () => {
    await world.moveToQuietTime();
    const since = world.clock.now();
    const signedBefore = world.signed.length;
    const line = createDeviceLine();
    const keys = await createKeyPool(8);
    const devices = Array.from({ length: DEVICES }, (_, i) =>
      createDevice({ world, keys, fetch: line.fetch, number: i + 1, strikes: 0, key: 'same' }),
    );
    for (const device of devices) await sync(world, device);

    // A third of them has been answered when it goes, in the middle of their work.
    const load = enrollAll(devices);
    await until(() => line.answers.length >= DEVICES / 3);
    await world.storage.stop();
    await load;
    const before = enrolled(devices);
    expect(before).toBeLessThan(DEVICES);

    await enrollAll(waiting(devices).slice(0, LANES));
    const statuses = line.answers.map(({ status }) => status);
    expect([...new Set(statuses)].sort()).toEqual([200, 503]);
    expect(statuses.slice(-LANES)).toEqual(Array(LANES).fill(503));
    const away = line.answers.filter(({ status }) => status === 503);
    expect(away.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([]);
    expect((await fetch(`${world.server.url}/health`)).status).toBe(503);

    await world.storage.start();
    await world.moveTime(MINUTE_MS);
    await enrollAll(waiting(devices));
    expect(enrolled(devices)).toBe(DEVICES);

    const verdict = await judge(world, devices, since, world.signed.slice(signedBefore));
    expect(verdict.complaints).toEqual([]);
    expect(verdict.live).toBe(DEVICES);
    process.stdout.write(
      `\n${DEVICES} devices: ${before} before the storage was gone, ${verdict.rows} rows, ${verdict.signatures} signatures\n`,
    );
  },
);

const waiting = (devices: readonly Device[]) => devices.filter(({ certificate }) => !certificate);
const enrolled = (devices: readonly Device[]) => devices.length - waiting(devices).length;

/** One attempt each, several at once. */
async function enrollAll(devices: readonly Device[]): Promise<void> {
  const queue = [...devices];
  const lane = async (): Promise<void> => {
    for (let device = queue.shift(); device; device = queue.shift()) await attempt(device);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}
