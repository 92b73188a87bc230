/** Scenario 3: clock at 80 % life: renewal with a new key; 79 %: none. Threshold 50 works likewise. */
import { expect, it } from 'vitest';
import { useWorld } from './world.js';

const world = useWorld();

it.each([
  { threshold: 20, none: 79, renewal: 80 },
  { threshold: 50, none: 49, renewal: 50 },
])(
  'threshold $threshold: nothing at $none % of life, renewal with a new key at $renewal %',
  async ({ threshold, none, renewal }) => {
    const { addDevice, enroll, decisions, recorded, simulator, ca } = world();
    const { client } = addDevice({ renewalThresholdPercent: threshold });
    await enroll(client);
    const [first] = client.certificates();
    const [told] = recorded(client);
    const begin = Date.parse(told?.recordedAt ?? '');
    const lifeMs = Date.parse(told?.expiresAt ?? '') - begin;

    simulator.clock.freeze(new Date(begin + (lifeMs * none) / 100));
    await client.sync();
    expect(decisions(client)).toEqual(['none healthy']);
    expect(client.tasks()).toEqual([]);

    simulator.clock.freeze(new Date(begin + Math.ceil((lifeMs * renewal) / 100)));
    await client.sync();
    expect(decisions(client)).toEqual(['request threshold']);
    expect(await client.runTasks()).toMatchObject([{ status: 1 }]);
    const [second, ...others] = client.certificates();
    expect(others).toEqual([]);
    expect(second?.certificate.spki).not.toEqual(first?.certificate.spki);
    expect(second?.certificate.subject).toBe(first?.certificate.subject);
    expect(second?.certificate.notAfter.getTime()).toBeGreaterThan(begin + lifeMs);
    expect(ca.store.records.size).toBe(2);
  },
);
