/** Scenario 4: profile EKU edit: new Hash, revocation queued for the old certificate; name edit: nothing. */
import { expect, it } from 'vitest';
import { OID } from '../../../lib/pki/oids.js';
import { control } from '../../support/intune-simulator.js';
import { useWorld } from './world.js';

const world = useWorld();

it('EKU edit: a new Hash, and the revocation of the old certificate is queued', async () => {
  const { addDevice, enroll, decisions, recorded, revocations, simulator } = world();
  const { client, profileId } = addDevice();
  await enroll(client);
  const [old] = recorded(client);

  const edited = await control(simulator, 'PATCH', `profiles/${profileId}`, {
    extendedKeyUsages: [OID.clientAuth, OID.serverAuth],
  });
  expect(edited.status).toBe(200);
  await client.sync();
  expect(decisions(client)).toEqual(['request changedHash']);
  expect(revocations()).toMatchObject([
    { cause: 'profileChanged', serialNumber: old?.serialNumber, state: 'queued' },
  ]);
  const [result] = await client.runTasks();
  expect(result?.certificate?.extendedKeyUsage).toEqual([OID.clientAuth, OID.serverAuth]);
  const [, renewed] = recorded(client);
  expect(renewed?.hash).not.toBe(old?.hash);
  await client.sync();
  expect(decisions(client)).toEqual(['none healthy']);
});

it('name edit: nothing', async () => {
  const { addDevice, enroll, decisions, revocations, simulator, ca } = world();
  const { client, profileId } = addDevice();
  await enroll(client);
  const edited = await control(simulator, 'PATCH', `profiles/${profileId}`, {
    name: 'Another name',
    description: 'Another description',
  });
  expect(edited.body['name']).toBe('Another name');
  await client.sync();
  expect(decisions(client)).toEqual(['none healthy']);
  expect(revocations()).toEqual([]);
  expect(ca.store.records.size).toBe(1);
});
