/** Scenario 12: logs contain no challenge text (search for the base64 prefix). */
import { expect, it } from 'vitest';
import { useWorld } from './world.js';

const world = useWorld();

/** How every challenge begins: base64 of `<CertEnrollToken`. */
const PREFIX = Buffer.from('<CertEnrollToken>').toString('base64').slice(0, 20);

it('no log, journal or call record of a success, a refusal and an outage holds the challenge', async () => {
  const { addDevice, simulator, lines, journal, ca } = world();
  const seen: string[] = [];
  const { client } = addDevice(
    {},
    {
      exchange: async (message) => {
        const answer = await simulator.dm.exchange(message);
        seen.push(JSON.stringify(answer));
        return answer;
      },
    },
  );
  await client.sync();
  // The search can find one: the device was sent it in this very form.
  expect(seen.join('\n')).toContain(PREFIX);
  expect(await client.runTasks()).toMatchObject([{ status: 1 }]);

  const spoiled = addDevice({}, { request: { subject: 'CN=somebody-else' } });
  await spoiled.client.sync();
  expect(await spoiled.client.runTasks()).toMatchObject([{ status: 16 }]);

  simulator.faults.add({ kind: 'nonJson', endpoint: 'validateRequest' });
  const unlucky = addDevice();
  await unlucky.client.sync();
  expect(await unlucky.client.runTasks()).toMatchObject([{ status: 16 }]);

  const written = [
    ...lines,
    JSON.stringify(journal),
    JSON.stringify(simulator.state.calls),
    JSON.stringify([...ca.store.records.values()].map((record) => ({ ...record, tbs: undefined }))),
    JSON.stringify(simulator.state.failures),
  ].join('\n');
  expect(lines.length).toBeGreaterThan(10);
  expect(written).not.toContain(PREFIX);
});
