/**
 * Scenario 13: the CA is followed by another: Windows, which pins the thumbprint of its profile's trusted certificate,
 * enrolls until the day, then not until the profile refers to the new CA; what the old CA issued stays good.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createInProcessCa } from '../../../dev/in-process-ca.js';
import { toHex } from '../../../lib/base/bytes.js';
import { DAY_MS } from '../../../lib/base/clock.js';
import { silentLogger } from '../../../lib/base/log.js';
import { systemRandom } from '../../../lib/base/random.js';
import { announceCa, createRoot } from '../../../lib/keys/ca-life.js';
import { createOcspResponder } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { control } from '../../support/intune-simulator.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { openssl, opensslVerify, pem, temporaryFolder } from '../../support/openssl.js';
import { createVaultWorld } from '../../support/vault-service.js';
import { useWorld, type World } from './world.js';

const world = useWorld();

const CRYPT_E_HASH_VALUE = 0x80091007;

const thumbprint = (der: Uint8Array): string => toHex(createHash('sha1').update(der).digest());

/** A CA in a vault that devices of the simulator reach, and another that is announced when the test says so. */
async function createCa({ simulator }: World) {
  const { clock } = simulator;
  const vault = await createVaultWorld({ kty: 'EC-HSM' }, clock);
  onTestFinished(() => vault.vault.close());
  const instance = vault.start();
  const { source } = instance;
  const ca = await createInProcessCa({ simulator, authority: source });
  return {
    ca,
    source,
    first: vault.set.current.certificate,
    /** @returns the certificate of the CA that takes over in 30 days. */
    announce: async (): Promise<Uint8Array> => {
      vault.vault.createKey('skep-ca', { kty: 'EC-HSM' });
      const key = await vault.openKey();
      const next = await createRoot({
        key,
        subject: 'CN=Vault CA',
        mode: 'ra',
        clock,
        random: systemRandom,
      });
      const cutOver = new Date(clock.now().getTime() + 30 * DAY_MS);
      vault.set = announceCa(vault.set, next, cutOver, clock.now());
      return next.certificate;
    },
    /** The RA's timer runs, and the app looks again, as it does every ten minutes. */
    passDays: async (days: number): Promise<void> => {
      clock.advance(days * DAY_MS);
      await instance.renewRa();
      await source();
      // The look happens behind the answer.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('a pinned thumbprint: good until the cut-over, 0x80091007 and nothing issued after it, good again once repointed', async () => {
  const scene = world();
  const { addDevice, enroll, decisions, simulator } = scene;
  const { ca, source, first, announce, passDays } = await createCa(scene);
  const pinned = { serverUrls: [ca.scepUrl], caThumbprint: thumbprint(first) };
  const add = () => addDevice(pinned, { fetch: ca.fetch });
  const old = add();
  await enroll(old.client);

  const second = await announce();
  await passDays(29.5);
  await enroll(add().client);

  await passDays(1);
  const late = add();
  const issued = ca.store.records.size;
  await late.client.sync();
  expect(await late.client.runTasks()).toMatchObject([
    { status: 16, errorCode: CRYPT_E_HASH_VALUE, attempts: 3 },
  ]);
  expect(ca.store.records.size).toBe(issued);
  // Whoever has a certificate notices nothing.
  await old.client.sync();
  expect(decisions(old.client)).toEqual(['none healthy']);

  for (const { profileId } of [old, late])
    await control(simulator, 'PATCH', `profiles/${profileId}`, { caThumbprint: thumbprint(second) });
  await enroll(late.client);
  const [renewed] = late.client.certificates();
  const at = ['-attime', String(Math.floor(simulator.clock.now().getTime() / 1000))];
  expect(opensslVerify(renewed?.certificate.der ?? new Uint8Array(), second, { extra: at })).toContain('OK');
  // To refer to another CA is no reason to enroll again.
  await old.client.sync();
  expect(decisions(old.client)).toEqual(['none healthy']);

  const [kept] = old.client.certificates();
  if (!kept) throw new Error('the old certificate is gone');
  const ocsp = createOcspResponder({
    authority: source,
    certificates: ca.store,
    responderKeys: createResponderKeys({
      clock: simulator.clock,
      random: systemRandom,
      logger: silentLogger,
    }),
    clock: simulator.clock,
    logger: silentLogger,
  });
  const { der } = await ocsp.respond(encodeOcspRequest([encodeCertId(first, kept.certificate.serialHex)]));
  const folder = temporaryFolder();
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const root = write('root.pem', pem(first));
  const answer = openssl([
    ...['ocsp', '-respin', write('answer.der', der), '-issuer', root, '-CAfile', root],
    ...['-cert', write('leaf.pem', pem(kept.certificate.der))],
    // The answer is of the test's own time.
    ...['-no_nonce', ...at, '-validity_period', '1000000000'],
  ]);
  expect(answer).toContain('Response verify OK');
  expect(answer).toContain(': good');
});
