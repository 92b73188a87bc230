/**
 * Scenario 6: fault matrix on token, discovery, validate, success; CA never delivers; retries as in 1.7; after a moved
 * uri it recovers alone.
 */
import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../dev/intune/faults.js';
import type { EndpointName } from '../../../dev/intune/model.js';
import { HOUR_MS } from '../../../lib/base/clock.js';
import { useWorld } from './world.js';

const world = useWorld();

const callsOf = (endpoint: EndpointName): number =>
  world().simulator.state.calls.filter((call) => call.endpoint === endpoint).length;

const FAULTS: Readonly<Record<string, FaultInput>> = {
  'HTTP 500': { kind: 'status', status: 500 },
  'HTTP 503 that asks for an hour': { kind: 'status', status: 503, retryAfterSeconds: 3600 },
  'HTTP 429': { kind: 'status', status: 429 },
  'HTTP 401': { kind: 'status', status: 401 },
  'HTTP 403': { kind: 'status', status: 403 },
  'HTTP 404': { kind: 'status', status: 404 },
  'a connection that breaks': { kind: 'reset' },
  'no JSON': { kind: 'nonJson' },
};
const OF_ACTIONS: Readonly<Record<string, FaultInput>> = {
  'an answer without a code': { kind: 'missingCode' },
  'a code of the future': { kind: 'unknownCode' },
};
const rows = (endpoints: readonly EndpointName[], faults: Readonly<Record<string, FaultInput>>) =>
  endpoints.flatMap((endpoint) =>
    Object.entries(faults).map(([title, fault]) => ({ endpoint, title, fault })),
  );

describe('nothing is delivered while it lasts, and the next sync heals', () => {
  it.each([
    ...rows(['token', 'discovery', 'validateRequest', 'successNotification'], FAULTS),
    ...rows(['validateRequest', 'successNotification'], OF_ACTIONS),
    { endpoint: 'token', title: 'tokens that are expired', fault: { kind: 'tokenExpiry', seconds: -60 } },
    { endpoint: 'token', title: 'tokens without roles', fault: { kind: 'roleRemoval' } },
  ] as const)('$endpoint: $title', async ({ endpoint, fault }) => {
    const { addDevice, simulator, states, decisions, recorded } = world();
    const { client } = addDevice();
    simulator.faults.add({ ...fault, endpoint });
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 16, thumbprint: '', attempts: 3 }]);
    expect(callsOf(endpoint)).toBeGreaterThan(0);
    expect(states()).not.toContain('delivered');
    expect(client.certificates()).toEqual([]);
    expect(recorded(client)).toEqual([]);

    simulator.faults.clear();
    // When Windows syncs again; by then a token without roles has run out as well.
    simulator.clock.advance(8 * HOUR_MS);
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 1 }]);
    expect(states().filter((state) => state === 'delivered')).toHaveLength(1);
    await client.sync();
    expect(decisions(client)).toEqual(['none healthy']);
  });
});

describe('retries of one request', () => {
  it.each([
    { title: 'an outage of one call is retried once', fault: { status: 503, count: 1 }, waits: [500] },
    {
      title: 'an outage of two calls is retried twice',
      fault: { status: 500, count: 2 },
      waits: [500, 2000],
    },
  ])('$title', async ({ fault, waits: about }) => {
    const { addDevice, simulator, waits } = world();
    const { client } = addDevice();
    simulator.faults.add({ kind: 'status', endpoint: 'validateRequest', ...fault });
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 1 }]);
    expect(callsOf('validateRequest')).toBe(about.length + 1);
    expect(waits).toHaveLength(about.length);
    for (const [i, ms] of about.entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(ms * 0.75);
      expect(waits[i]).toBeLessThanOrEqual(ms * 1.25);
    }
  });

  it('a third failure is the end of the attempt, and the device’s next one goes through', async () => {
    const { addDevice, simulator } = world();
    const { client } = addDevice();
    simulator.faults.add({ kind: 'reset', endpoint: 'validateRequest', count: 3 });
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 2 }]);
    expect(callsOf('validateRequest')).toBe(4);
  });

  it('403 is not retried', async () => {
    const { addDevice, simulator, waits } = world();
    const { client } = addDevice();
    simulator.faults.add({ kind: 'status', status: 403, endpoint: 'validateRequest', count: 1 });
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 2 }]);
    expect(callsOf('validateRequest')).toBe(2);
    expect(waits).toEqual([]);
  });

  it('401 gets another token, once', async () => {
    const { addDevice, simulator } = world();
    const { client } = addDevice();
    simulator.faults.add({ kind: 'status', status: 401, endpoint: 'validateRequest', count: 1 });
    await client.sync();
    expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 1 }]);
    // One for Graph, one for Intune, and the one in place of that.
    expect(callsOf('token')).toBe(3);
  });
});

it('after a moved uri it recovers alone, within the first attempt', async () => {
  const { addDevice, enroll, simulator } = world();
  await enroll(addDevice().client);
  expect(callsOf('discovery')).toBe(1);
  simulator.faults.add({ kind: 'movedUri', scaleUnit: 'mssim02' });
  const { client } = addDevice();
  await client.sync();
  expect(await client.runTasks()).toMatchObject([{ status: 1, attempts: 1 }]);
  expect(callsOf('discovery')).toBe(2);
});
