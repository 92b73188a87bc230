/** Scenario 2: certificate deleted: empty thumbprint, new challenge, new certificate. */
import { expect, it } from 'vitest';
import type { DmMessage } from '../../../dev/syncml/message.js';
import { useWorld } from './world.js';

const world = useWorld();

const thumbprintsTold = (messages: readonly DmMessage[]) =>
  messages
    .flatMap(({ commands }) =>
      commands.flatMap((command) => (command.name === 'Results' ? command.items : [])),
    )
    .filter(({ source }) => source?.endsWith('CertThumbprint'))
    .map(({ data }) => data);

it('certificate deleted: an empty thumbprint, a new challenge, a new certificate', async () => {
  const { addDevice, enroll, decisions, recorded, ca } = world();
  const { client } = addDevice();
  await enroll(client);
  const [deleted] = client.deleteCertificate();

  const { messages } = await client.sync();
  expect(thumbprintsTold(messages)).toContain('');
  expect(decisions(client)).toEqual(['request missing']);
  const [result] = await client.runTasks();
  expect(result).toMatchObject({ status: 1 });
  expect(result?.thumbprint).not.toBe(deleted);

  const certificates = recorded(client);
  expect(certificates).toHaveLength(2);
  expect(new Set(certificates.map(({ challengeDigest }) => challengeDigest)).size).toBe(2);
  expect(new Set([...ca.store.records.values()].map(({ claim }) => claim)).size).toBe(2);
  await client.sync();
  expect(decisions(client)).toEqual(['none healthy']);
});
