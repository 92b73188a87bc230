/** The RA certificate is renewed and the CA is followed by another while devices keep enrolling: nobody notices. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Certificate, ScepClient } from '../../../dev/scep-client/index.js';
import { announceCa, createRoot, settleCas } from '../../../lib/keys/ca-life.js';
import { silentLogger } from '../../../lib/base/log.js';
import { issuerIdOf } from '../../../lib/revocation/answered-authority.js';
import { createCrlPublisher } from '../../../lib/revocation/crl-publisher.js';
import { createOcspResponder } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { openssl, opensslVerify, pem, temporaryFolder } from '../../support/openssl.js';
import { createTestPublications } from '../../unit/revocation/fixtures.js';
import { keyDefaults } from '../../support/vault.js';
import {
  createVaultWorld,
  deviceKey,
  enrollAs,
  type VaultInstance,
  type VaultWorld,
} from '../../support/vault-service.js';
import { steppedClock } from '../../unit/keys/fixtures.js';

/** The real time, since openssl judges OCSP answers by that: only their distance from it matters. */
const START = new Date().toISOString();
const HOUR = 1 / 24;

let clock: ReturnType<typeof steppedClock>;
let world: VaultWorld;
let instances: readonly [VaultInstance, VaultInstance];

beforeEach(async () => {
  clock = steppedClock(START);
  world = await createVaultWorld({ kty: 'EC-HSM' }, clock);
  instances = [world.start(), world.start()];
});
afterEach(() => world.vault.close());

let devices = 0;
const enroll = (client: ScepClient) => enrollAs(client, `device-${++devices}`);

const raOf = async (client: ScepClient): Promise<string> =>
  (await client.getCaCertificates()).encryption.serialHex;

/** Old clients and new ones, through both instances, all at once. */
const enrollEverywhere = (clients: readonly ScepClient[]): Promise<Certificate[]> =>
  Promise.all(
    [...clients, ...instances.map((instance) => instance.connect())].map((client) => enroll(client)),
  );

describe('while devices keep enrolling', () => {
  it('the RA certificate is renewed: no failed enrollment, with the old one or the new', async () => {
    const old = instances.map((instance) => instance.connect());
    await enrollEverywhere(old);
    const firstRa = await raOf(instances[0].connect());

    clock.advanceDays(340);
    const [renewed] = await Promise.all([instances[0].renewRa(), enrollEverywhere(old)]);
    expect(renewed).toBe(true);
    await enrollEverywhere(old);

    clock.advanceDays(HOUR);
    await enrollEverywhere(old);
    const later = instances.map((instance) => instance.connect());
    const seconds = await Promise.all(later.map(raOf));
    expect(new Set(seconds).size).toBe(1);
    expect(seconds[0]).not.toBe(firstRa);

    // Until the first one expires, what is encrypted to it is opened and answered.
    clock.advanceDays(23);
    await enrollEverywhere([...old, ...later]);

    clock.advanceDays(3);
    await enrollEverywhere(later);
    expect([...world.store.records.values()].every(({ state }) => state === 'delivered')).toBe(true);
  });

  it('a subordinate or root CA is followed by another: no failed enrollment before, at and after the cut-over', async () => {
    const old = instances.map((instance) => instance.connect());
    const before = await enrollEverywhere(old);
    const first = world.set.current;

    world.vault.createKey('skep-ca', { kty: 'RSA-HSM', size: 2048 });
    const { random } = keyDefaults;
    const next = await createRoot({
      key: await world.openKey(),
      subject: 'CN=Vault CA',
      mode: 'ra',
      clock,
      random,
    });
    const cutOver = new Date(clock.now().getTime() + 30 * 86_400_000);
    world.set = announceCa(world.set, next, cutOver, clock.now());

    clock.advanceDays(1);
    await enrollEverywhere(old);
    const [announced] = await instances[0].connect().getNextCaCertificates();
    expect(pem(announced?.der ?? new Uint8Array())).toBe(pem(next.certificate));

    // The timer runs every day.
    for (let day = 0; day < 28; day++) {
      clock.advanceDays(1);
      await instances[day % 2 === 0 ? 0 : 1].renewRa();
    }
    const last = instances.map((instance) => instance.connect());
    await enrollEverywhere([...old, ...last]);

    clock.advanceDays(1);
    await enrollEverywhere([]);
    const after = await Promise.all(instances.map((instance) => enroll(instance.connect())));
    for (const { der } of after) expect(verify(der, next.certificate)).toContain('OK');
    for (const { der } of before) expect(verify(der, first.certificate)).toContain('OK');

    // A certificate of the old CA still authenticates its renewal, which the new CA signs.
    const [issued] = before;
    if (!issued) throw new Error('nothing was issued');
    const renewal = await instances[0].connect().renew({
      key: await deviceKey(),
      subject: issued.subjectDer,
      signer: { key: await deviceKey(), certificate: issued },
    });
    expect(renewal.status).toBe('SUCCESS');
    expect(settleCas(world.set, clock.now())).toEqual({ current: next, former: [first] });
  });

  it('the former CA still answers for what it issued: OCSP and CRL, by its own key, opened when first needed', async () => {
    const [instance] = instances;
    const leaf = await enroll(instance.connect());
    const revoked = await enroll(instance.connect());
    const { certificate: former } = world.set.current;
    world.vault.createKey('skep-ca', { kty: 'EC-HSM', size: 'P-384' });
    const { random } = keyDefaults;
    const next = await createRoot({
      key: await world.openKey(),
      subject: 'CN=Vault CA',
      mode: 'ra',
      clock,
      random,
    });
    world.set = announceCa(world.set, next, new Date(clock.now().getTime() + 86_400_000), clock.now());
    await instance.renewRa();
    clock.advanceDays(30);

    world.vault.meter.reset();
    const later = world.start();
    await later.source();
    expect(world.vault.meter.counts).toMatchObject({ getKey: 1, sign: 0 });
    const record = await world.store.get(revoked.serialHex.toUpperCase());
    if (!record) throw new Error('the certificate has no record');
    await world.store.revoke(record, { at: clock.now(), reason: 'keyCompromise', by: 'person:test' });

    const common = { authority: later.source, clock, logger: silentLogger };
    const ocsp = createOcspResponder({
      ...common,
      certificates: world.store,
      responderKeys: createResponderKeys({ clock, random, logger: silentLogger }),
    });
    const folder = temporaryFolder();
    const write = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const at = ['-attime', String(Math.floor(clock.now().getTime() / 1000))];
    const ca = write('former.pem', pem(former));
    const ask = async (certificate: Certificate) => {
      const { der } = await ocsp.respond(encodeOcspRequest([encodeCertId(former, certificate.serialHex)]));
      const files = ['-respin', write('answer.der', der), '-issuer', ca, '-CAfile', ca];
      // The answer is of the future.
      const period = ['-validity_period', '100000000'];
      const asked = ['-cert', write('leaf.pem', pem(certificate.der))];
      return openssl(['ocsp', ...files, ...asked, '-no_nonce', ...at, ...period]);
    };
    const answer = await ask(leaf);
    expect(answer).toContain('Response verify OK');
    expect(answer).toContain(': good');
    expect(await ask(revoked)).toContain(': revoked');

    const crl = createCrlPublisher({
      ...common,
      revoked: world.store,
      publications: createTestPublications(clock),
      publicUrl: 'http://skep.test',
    });
    const list = await crl.find('complete', issuerIdOf(former));
    const crlFile = write('crl.pem', pem(list?.der ?? new Uint8Array(), 'X509 CRL'));
    const check = ['verify', '-crl_check', '-CAfile', ca, '-CRLfile', crlFile, ...at];
    expect(openssl([...check, write('good.pem', pem(leaf.der))])).toContain('OK');
    expect(() => openssl([...check, write('bad.pem', pem(revoked.der))])).toThrow('certificate revoked');
    expect(world.vault.meter.counts.getKey).toBe(2);
  });

  it('a request that was encrypted to the RA of the old CA is answered after the cut-over', async () => {
    const [instance] = instances;
    const answers: number[] = [];
    const old = instance.connect(({ status }) => answers.push(status));
    await enroll(old);
    world.vault.createKey('skep-ca', { kty: 'EC-HSM' });
    const { random } = keyDefaults;
    const next = await createRoot({
      key: await world.openKey(),
      subject: 'CN=Next',
      mode: 'ra',
      clock,
      random,
    });
    world.set = announceCa(world.set, next, new Date(clock.now().getTime() + 86_400_000), clock.now());
    await instance.renewRa();
    clock.advanceDays(2);
    // This client knows only the old CA and says so; the answer itself is signed, opened and a success.
    await expect(enroll(old)).rejects.toMatchObject({ code: 'ERR_CLIENT_UNTRUSTED' });
    expect(answers.at(-1)).toBe(200);
    expect([...world.store.records.values()].filter(({ state }) => state === 'delivered')).toHaveLength(2);
  });
});

const verify = (leaf: Uint8Array, root: Uint8Array): string =>
  opensslVerify(leaf, root, { extra: ['-attime', String(Math.floor(clock.now().getTime() / 1000))] });
