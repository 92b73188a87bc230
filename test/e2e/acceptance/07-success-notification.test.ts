/** Scenario 7: successNotification refused or 500: certificate not delivered, ends revoked or held. */
import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../lib/base/clock.js';
import { createTimers } from './parts.js';
import { useWorld } from './world.js';

const world = useWorld();

it('refused: not delivered, and revoked at once', async () => {
  const { addDevice, simulator, states, ca } = world();
  const { client } = addDevice();
  simulator.faults.add({
    kind: 'unknownCode',
    endpoint: 'successNotification',
    code: 'ScepProfileNoLongerTargetedToTheClient',
  });
  await client.sync();
  expect(await client.runTasks()).toMatchObject([{ status: 16, thumbprint: '' }]);
  expect(client.certificates()).toEqual([]);
  expect(states().length).toBeGreaterThan(0);
  expect(new Set(states())).toEqual(new Set(['revoked']));
  const [first] = [...ca.store.records.values()];
  expect(first?.revocation).toMatchObject({ reason: 'privilegeWithdrawn', by: 'enrollment' });
});

it.each([
  ['before Intune has it', 'before'],
  ['after Intune has it', 'after'],
] as const)('500 %s: not delivered, and the sweeper revokes it', async (_title, when) => {
  const scene = world();
  const { client } = scene.addDevice();
  scene.simulator.faults.add({ kind: 'status', status: 500, endpoint: 'successNotification', when });
  await client.sync();
  expect(await client.runTasks()).toMatchObject([{ status: 16, thumbprint: '' }]);
  expect(client.certificates()).toEqual([]);
  expect(scene.states()).toContain('issued');
  expect(scene.states()).not.toContain('delivered');

  const { sweep } = createTimers(scene);
  expect((await sweep()).revoked).toBe(0);
  scene.simulator.clock.advance(3 * HOUR_MS);
  expect((await sweep()).revoked).toBe(1);
  expect(new Set(scene.states())).toEqual(new Set(['revoked']));
});
