/** Scenario 1: first enrollment, success notification recorded, the second sync issues nothing. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { useWorld } from './world.js';

const world = useWorld();

it('first enrollment: Intune is told of the certificate, and the second sync issues nothing', async () => {
  const { addDevice, recorded, decisions, simulator, ca } = world();
  const { client, deviceId } = addDevice();

  await client.sync();
  expect(decisions(client)).toEqual(['request missing']);
  const [result] = await client.runTasks();
  expect(result).toMatchObject({ status: 1, errorCode: 0, attempts: 1 });
  expect(result?.certificate?.subject).toBe(`CN=${deviceId}`);

  const [record] = [...ca.store.records.values()];
  expect(record).toMatchObject({ state: 'delivered', deviceId });
  expect(recorded(client)).toMatchObject([
    {
      thumbprint: createHash('sha1')
        .update(record?.certificate ?? '')
        .digest('hex')
        .toUpperCase(),
      serialNumber: record?.serialNumber,
      issuer: 'CN=In-process CA',
      state: 'active',
    },
  ]);
  const actions = simulator.state.calls.flatMap(({ endpoint, code }) =>
    code ? [`${endpoint} ${code}`] : [],
  );
  expect(actions).toEqual(['validateRequest Success', 'successNotification Success']);

  await client.sync();
  expect(decisions(client)).toEqual(['none healthy']);
  expect(client.tasks()).toEqual([]);
  expect(await client.runTasks()).toEqual([]);
  expect(ca.store.records.size).toBe(1);
  expect(simulator.state.requests.size).toBe(1);
});
