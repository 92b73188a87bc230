/** @module What happens in the story, chapter by chapter. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/base/clock.js';
import { SEED_IDS } from '../intune/seed.js';
import type { Stage } from './stage.js';

/** Eight hours lie between two syncs of a device that has been managed for a while. */
const SYNC_INTERVAL_MS = 8 * HOUR_MS;

/** @throws {Error} when the story does not end as it should. */
export async function playStory(stage: Stage): Promise<void> {
  await firstEnrollment(stage);
  await deletedCertificate(stage);
  await renewal(stage);
  await outage(stage);
  await recovery(stage);
}

async function firstEnrollment({ recorder, sync, runTasks, advance, device }: Stage): Promise<void> {
  recorder.chapter(
    'The first certificate',
    'A SCEP profile is assigned to a Windows device. At its next sync Intune finds no certificate and sends the settings, all but the renewal threshold, with a challenge that is good for an hour. A scheduled task fetches the certificate.',
  );
  await sync();
  advance(2000);
  await runTasks();
  advance(3 * MINUTE_MS);
  await sync();
  expectCertificates(device, 1);
}

async function deletedCertificate({ recorder, sync, runTasks, advance, device }: Stage): Promise<void> {
  recorder.chapter(
    'The certificate is deleted',
    'Somebody deletes the certificate on the device. The node cache shows that a value is no longer as expected, and the thumbprint that Intune asks for comes back empty. Intune sends a new request with a new challenge.',
  );
  advance(SYNC_INTERVAL_MS);
  const deleted = device.deleteCertificate();
  recorder.add({
    actor: 'person',
    kind: 'act',
    title: 'Deletes the certificate from the computer’s store',
    facts: deleted,
  });
  await sync();
  await runTasks();
  advance(3 * MINUTE_MS);
  await sync();
  expectCertificates(device, 1);
}

async function renewal({ recorder, sync, runTasks, advance, device, cloud }: Stage): Promise<void> {
  recorder.chapter(
    'The certificate is renewed',
    'The device does not know when to renew. Intune does: it holds the certificate in its copy of the cache and the threshold in the profile. At 79 % of the certificate’s life it wants nothing; at 80 % it sends a new request, and the device makes a new key for it.',
  );
  const [certificate] = device.certificates();
  const record = cloud.simulator.state.certificates.get(certificate?.certificate.thumbprint ?? '');
  if (!record) throw new Error('Intune does not know the certificate');
  const begin = Date.parse(record.recordedAt);
  const lifetimeMs = Date.parse(record.expiresAt) - begin;
  const moveTo = (share: number) => {
    advance(begin + lifetimeMs * share - cloud.simulator.clock.now().getTime());
    const days = ((lifetimeMs * share) / DAY_MS).toFixed(0);
    recorder.add({
      actor: 'person',
      kind: 'act',
      title: `Time passes: ${days} days, ${share * 100} % of its life`,
    });
  };
  moveTo(0.79);
  await sync();
  expectTasks(device, 0);
  moveTo(0.8);
  await sync();
  expectTasks(device, 1);
  await runTasks();
  advance(3 * MINUTE_MS);
  await sync();
  expectCertificates(device, 1);
  if (device.certificates()[0]?.certificate.thumbprint === certificate?.certificate.thumbprint)
    throw new Error('the certificate was not renewed');
}

async function outage({ recorder, sync, runTasks, advance, device, frontDoor }: Stage): Promise<void> {
  recorder.chapter(
    'The CA is off',
    'The certificate is deleted once more, and now the CA is turned off. dmcertinst tries three times, a minute apart, with the same challenge; then challenge and task are deleted, and Status and ErrorCode stay behind in the registry.',
  );
  advance(SYNC_INTERVAL_MS);
  frontDoor.setOpen(false);
  recorder.add({
    actor: 'person',
    kind: 'act',
    title: 'Turns the CA off and deletes the certificate',
    facts: device.deleteCertificate(),
  });
  await sync();
  await runTasks();
  expectCertificates(device, 0);
}

async function recovery({
  recorder,
  sync,
  runTasks,
  advance,
  device,
  frontDoor,
  cloud,
}: Stage): Promise<void> {
  recorder.chapter(
    'It heals by itself',
    'The CA is back. At the next sync Intune learns of the failure and sends a new request, with a new challenge; nobody has to do anything on the device.',
  );
  frontDoor.setOpen(true);
  recorder.add({ actor: 'person', kind: 'act', title: 'Turns the CA on' });
  advance(SYNC_INTERVAL_MS);
  await sync();
  await runTasks();
  advance(3 * MINUTE_MS);
  await sync();
  expectCertificates(device, 1);
  const { certificates } = cloud.simulator.state;
  recorder.add({
    actor: 'intune',
    kind: 'step',
    title: 'Intune’s record of the device’s certificates',
    facts: [...certificates.values()]
      .filter(({ deviceId }) => deviceId === SEED_IDS.device)
      .map(
        ({ serialNumber, state, expiresAt }) => `${serialNumber} ${state}, until ${expiresAt.slice(0, 10)}`,
      ),
  });
}

function expectCertificates(device: Stage['device'], count: number): void {
  if (device.certificates().length !== count) throw new Error(`the device should have ${count} certificates`);
}

function expectTasks(device: Stage['device'], count: number): void {
  if (device.tasks().length !== count) throw new Error(`the device should have ${count} tasks`);
}
