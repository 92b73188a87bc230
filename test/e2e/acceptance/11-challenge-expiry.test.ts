/** Scenario 11: expiry at the 60 min boundary; a CA outage of 61 min, then the next sync heals. */
import { expect, it } from 'vitest';
import type { Fetch } from '../../../dev/scep-client/index.js';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { useWorld } from './world.js';

const world = useWorld();

it('the challenge is good for its 60 minutes, the last millisecond included', async () => {
  const { addDevice, simulator, states } = world();
  const { client } = addDevice();
  await client.sync();
  simulator.clock.advance(60 * MINUTE_MS);
  expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 1 }]);
  expect(states()).toEqual(['delivered']);
});

it('a millisecond later it is refused: nothing is issued', async () => {
  const { addDevice, simulator, states, journal } = world();
  const { client } = addDevice();
  await client.sync();
  simulator.clock.advance(60 * MINUTE_MS + 1);
  expect(await client.runTasks()).toMatchObject([{ status: 16, attempts: 3 }]);
  expect(states()).toEqual([]);
  expect(journal.map(({ code }) => code)).toEqual(Array(3).fill('ERR_INTUNE_EXPIRED'));
});

it('a CA outage of 61 minutes: the attempts fail, and the next sync heals it', async () => {
  const { addDevice, simulator, decisions, states, ca } = world();
  let off = true;
  const line: Fetch = (url, init) =>
    off ? Promise.resolve(new Response('off', { status: 404 })) : ca.fetch(url, init);
  const { client } = addDevice({}, { fetch: line });
  await client.sync();
  expect(await client.runTasks()).toMatchObject([{ status: 16, attempts: 3, errorCode: 0x80190194 }]);
  simulator.clock.advance(61 * MINUTE_MS);
  off = false;
  expect(states()).toEqual([]);

  await client.sync();
  expect(decisions(client)).toEqual(['request missing']);
  expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 1 }]);
  await client.sync();
  expect(decisions(client)).toEqual(['none healthy']);
  expect(new Set([...simulator.state.requests.keys()]).size).toBe(2);
});
