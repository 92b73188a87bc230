/**
 * Scenario 10: revocation: wipe, download, revoke, upload lost, download again, still success; foreign serial gives
 * CertificateNotFoundError; 501 requests arrive in batches.
 */
import { expect, it } from 'vitest';
import { queueRevocation } from '../../../dev/intune/certificates.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { control } from '../../support/intune-simulator.js';
import { createTimers } from './parts.js';
import { useWorld, type World } from './world.js';

const world = useWorld();

/** Of this CA by name, and of no row in its store. */
function queueForeign({ simulator }: World, number: number): void {
  queueRevocation(simulator.state, 'requested', {
    tenantId: SEED_IDS.tenant,
    serialNumber: (0x4000_0000 + number).toString(16).toUpperCase(),
    issuerName: 'CN=In-process CA',
    caConfiguration: '',
  });
}

it('wipe: revoked although the report is lost, and reported as a success the next time', async () => {
  const scene = world();
  const { addDevice, enroll, simulator, states, revocations, ca } = scene;
  const { client, deviceId } = addDevice();
  await enroll(client);
  await control(simulator, 'POST', `devices/${deviceId}/wipe`);
  expect(revocations()).toMatchObject([{ cause: 'wiped', state: 'queued' }]);

  const { workOffQueue } = createTimers(scene);
  simulator.faults.add({ kind: 'reset', endpoint: 'uploadRevocationResults' });
  await expect(workOffQueue()).rejects.toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
  expect(states()).toEqual(['revoked']);
  const [revoked] = [...ca.store.records.values()];
  expect(revoked?.revocation).toMatchObject({ reason: 'cessationOfOperation', by: 'intune' });
  expect(revocations()).toMatchObject([{ state: 'handedOut', attempts: 1 }]);

  simulator.faults.clear();
  simulator.clock.advance(5 * 60_000);
  expect(await workOffQueue()).toEqual({ requests: 1, succeeded: 1, failed: 0 });
  expect(revocations()).toMatchObject([{ state: 'succeeded', attempts: 2, errorCode: 'None' }]);
  expect([...ca.store.records.values()]).toEqual([revoked]);
});

it('a foreign serial number: CertificateNotFoundError', async () => {
  const scene = world();
  queueForeign(scene, 1);
  const { workOffQueue } = createTimers(scene);
  expect(await workOffQueue()).toEqual({ requests: 1, succeeded: 0, failed: 1 });
  expect(scene.revocations()).toMatchObject([{ state: 'failed', errorCode: 'CertificateNotFoundError' }]);
});

it('501 requests arrive in batches, each of them once', async () => {
  const scene = world();
  const { addDevice, enroll, simulator, revocations, states } = scene;
  for (let number = 0; number < 500; number++) queueForeign(scene, number);
  const { client, deviceId } = addDevice();
  await enroll(client);
  await control(simulator, 'POST', `devices/${deviceId}/wipe`);

  const { workOffQueue } = createTimers(scene, 500);
  expect(await workOffQueue()).toEqual({ requests: 501, succeeded: 1, failed: 500 });
  expect(states()).toEqual(['revoked']);
  expect(revocations().every(({ attempts }) => attempts === 1)).toBe(true);
  const uploads = simulator.state.calls.filter(({ endpoint }) => endpoint === 'uploadRevocationResults');
  expect(uploads).toHaveLength(2);
});
