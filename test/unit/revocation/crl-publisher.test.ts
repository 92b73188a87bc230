import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import { parseCrl } from '../../../lib/pki/crl-reader.js';
import { crlDistributionPoints } from '../../../lib/pki/extensions.js';
import { crlPath } from '../../../lib/revocation/published-crls.js';
import { openssl, pem, temporaryFolder } from '../../support/openssl.js';
import { createTestAuthority, testAuthority, type TestAuthority } from '../../support/test-authority.js';
import { createWorld, document, instance, numberOf, serialsOf, signingAfter, textOf } from './crl-world.js';
import { deliver, reserve, revoke, revokeRow } from './fixtures.js';

let ec: TestAuthority;
let rsa: TestAuthority;

beforeAll(async () => {
  ec = await testAuthority('ec');
  rsa = await testAuthority('rsa');
});

/** What `openssl verify -crl_check` says of a certificate. */
function check(
  ca: TestAuthority,
  certificate: Uint8Array,
  crls: readonly Uint8Array[],
  extra: string[] = [],
): string {
  const folder = temporaryFolder();
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const args = [
    ...['verify', '-crl_check', ...extra, '-CAfile', write('ca.pem', ca.caPem)],
    ...['-CRLfile', write('crls.pem', crls.map((crl) => pem(crl, 'X509 CRL')).join(''))],
    write('leaf.pem', pem(certificate)),
  ];
  try {
    return openssl(args).includes(': OK') ? 'good' : 'odd';
  } catch (thrown) {
    return /error 23 at/.test(String(thrown)) ? 'revoked' : String(thrown);
  }
}

describe.each(['rsa', 'ec'] as const)('the CRL of an %s CA', (kind) => {
  it('agrees with the store in every state, as openssl reads it', async () => {
    const ca = kind === 'rsa' ? rsa : ec;
    const world = createWorld();
    const reserved = await reserve(world.store, ca);
    const abandoned = await reserve(world.store, ca);
    await world.store.abandon(abandoned.record, world.clock.now());
    const delivered = await deliver(world.store, ca);
    const revoked = await revoke(world.store, ca, 'keyCompromise');
    const held = await revoke(world.store, ca, 'certificateHold');
    const unspecified = await revoke(world.store, ca, 'unspecified');
    const released = await revoke(world.store, ca, 'certificateHold');
    await world.store.release(released.record, world.clock.now());

    await instance(world, ca).publish('test');
    const crl = document(world, ca);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'ca.pem'), ca.caPem);
    const verified = openssl(['crl', '-inform', 'DER', '-noout', '-CAfile', join(folder, 'ca.pem')], crl);
    expect(verified).toContain('verify OK');
    const verdicts = [reserved, abandoned, delivered, revoked, held, unspecified, released].map(
      ({ certificate }) => check(ca, certificate, [crl], ['-x509_strict']),
    );
    expect(verdicts).toEqual(['good', 'revoked', 'good', 'revoked', 'revoked', 'revoked', 'good']);

    const text = textOf(crl);
    const entry = (serial: string) =>
      new RegExp(`Serial Number: ${serial}\\n([^]*?)(?=Serial|Signature)`).exec(text)?.[1];
    expect(entry(revoked.serialNumber)).toMatch(/Feb {2}3 04:05:06 2026 GMT[^]*Key Compromise/);
    expect(entry(held.serialNumber)).toContain('Certificate Hold');
    expect(entry(unspecified.serialNumber)).not.toContain('Reason');
    expect(text).toMatch(/X509v3 Authority Key Identifier:/);
    expect(text).not.toMatch(/Freshest|Delta/);
  });
});

describe('the CRL publisher', () => {
  it('publishes an empty CRL, slightly backdated, good for a day, numbered by the time', async () => {
    const world = createWorld();
    await instance(world, ec).publish('test');
    const list = parseCrl(document(world, ec));
    const now = world.clock.now().getTime();
    expect(list.thisUpdate).toEqual(new Date(now - 5 * MINUTE_MS));
    expect(list.nextUpdate).toEqual(new Date(now + DAY_MS));
    expect(list.number).toBe(now);
    expect(serialsOf(document(world, ec))).toEqual([]);
  });

  it('numbers upwards across instances, even where a clock goes back', async () => {
    const world = createWorld();
    const numbers: number[] = [];
    for (const step of [0, 0, 1000, -HOUR_MS, -HOUR_MS, 3 * HOUR_MS]) {
      world.clock.advance(step);
      await instance(world, ec).publish('test');
      numbers.push(numberOf(document(world, ec)));
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(numbers).toHaveLength(6);
  });

  it('drops an expired entry only after it stood on one CRL issued beyond its end', async () => {
    const world = createWorld();
    const start = world.clock.now().getTime();
    const notAfter = new Date(start + HOUR_MS);
    const { serialNumber } = await revoke(world.store, ec, 'superseded', { notAfter });
    const publisher = instance(world, ec);
    const listed: boolean[] = [];
    for (let i = 0; i < 4; i++) {
      await publisher.publish('timer');
      listed.push(serialsOf(document(world, ec)).includes(serialNumber));
      world.clock.advance(50 * MINUTE_MS);
    }
    // thisUpdate lies 5 minutes before: −5, 45, 95 and 145 minutes from the start. The end is at 60.
    expect(listed).toEqual([true, true, true, false]);
  });

  it('lists the rows of its own issuer only', async () => {
    const world = createWorld();
    await revoke(world.store, rsa);
    const { serialNumber } = await revoke(world.store, ec);
    await instance(world, ec).publish('test');
    expect(serialsOf(document(world, ec))).toEqual([serialNumber]);
  });

  it('joins calls that come while it works into one more publication, which sees what they saw', async () => {
    const world = createWorld();
    const reading = vi.spyOn(world.store, 'revoked');
    let begun = (): void => undefined;
    let goOn = (): void => undefined;
    const signing = new Promise<void>((resolve) => (begun = resolve));
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const publisher = instance(
      world,
      ec,
      {},
      signingAfter(ec, () => (begun(), held)),
    );
    const first = publisher.publish('timer');
    await signing;
    const { serialNumber } = await revoke(world.store, ec);
    const later = [publisher.publish('revocation'), publisher.publish('revocation')];
    goOn();
    await Promise.all([first, ...later]);
    expect(reading).toHaveBeenCalledTimes(2);
    expect(serialsOf(document(world, ec))).toEqual([serialNumber]);
  });
});

describe('the present CRL', () => {
  it('is published when somebody asks before there is one, once for all who ask', async () => {
    const world = createWorld();
    const reading = vi.spyOn(world.store, 'revoked');
    const publisher = instance(world, ec);
    const all = await Promise.all([publisher.current(), publisher.current(), publisher.current()]);
    expect(new Set(all.map(numberOf)).size).toBe(1);
    expect(reading).toHaveBeenCalledTimes(1);
    expect(all[0]).toEqual(document(world, ec));
  });

  it('of another instance is seen after a minute', async () => {
    const world = createWorld();
    const [one, two] = [instance(world, ec), instance(world, ec)];
    const first = await one.current();
    world.clock.advance(1000);
    await two.publish('revocation');
    expect(await one.current()).toEqual(first);
    world.clock.advance(MINUTE_MS);
    expect(await one.current()).toEqual(document(world, ec));
    expect(document(world, ec)).not.toEqual(first);
  });

  it('is renewed on demand when it has lapsed, and served lapsed when that fails', async () => {
    const world = createWorld();
    const failing = signingAfter(ec, () => Promise.reject(new SkepError('ERR_SIGNER_UNAVAILABLE')));
    const first = await instance(world, ec).current();
    world.clock.advance(DAY_MS);
    const broken = instance(world, ec, {}, failing);
    expect(await broken.current()).toEqual(first);
    expect(await broken.current()).toEqual(first);
    expect(broken.lines.filter((line) => /^error .*code=ERR_SIGNER_UNAVAILABLE/.test(line))).toHaveLength(1);
    expect(await instance(world, ec).current()).not.toEqual(first);
  });

  it('outlives an outage of the store in memory', async () => {
    const world = createWorld();
    const publisher = instance(world, ec);
    const first = await publisher.current();
    world.publications.down = true;
    world.clock.advance(DAY_MS - 1);
    expect(await publisher.current()).toEqual(first);
    world.clock.advance(1);
    await expect(publisher.current()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it('of an earlier issuer is still found, of a stranger is not', async () => {
    const world = createWorld();
    await instance(world, rsa).publish('test');
    const successor = instance(
      world,
      ec,
      {},
      {
        ...ec.authority,
        trusted: [ec.authority.issuer.certificate, rsa.authority.issuer.certificate],
      },
    );
    expect((await successor.find('complete', rsa.issuerId))?.der).toEqual(document(world, rsa));
    expect(await successor.current(rsa.issuerId)).toEqual(document(world, rsa));
    expect(await successor.find('delta', ec.issuerId)).toBeUndefined();
    const stranger = await createTestAuthority('ec');
    await instance(world, stranger).publish('test');
    expect(await successor.find('complete', stranger.issuerId)).toBeUndefined();
    await expect(successor.current(stranger.issuerId)).rejects.toMatchObject({ code: 'ERR_CERT_UNKNOWN' });
  });
});

describe('delta CRLs', () => {
  const settings = { deltaAboveEntries: 2 } as const;

  async function largeWorld() {
    const world = createWorld();
    const publisher = instance(world, ec, settings);
    const points = crlDistributionPoints([`http://skep.test/${crlPath(ec.issuerId)}`]);
    const fields = { extensions: [points] };
    const revoked = await revoke(world.store, ec, 'keyCompromise', fields);
    const held = await revoke(world.store, ec, 'certificateHold', fields);
    const heldForGood = await revoke(world.store, ec, 'certificateHold', fields);
    const good = await deliver(world.store, ec, fields);
    await publisher.publish('timer');
    return { world, publisher, revoked, held, heldForGood, good };
  }

  it('come with a base that names them; the first is empty and has its number', async () => {
    const { world } = await largeWorld();
    const [base, delta] = [document(world, ec), document(world, ec, 'delta')];
    expect(textOf(base)).toContain(`URI:http://skep.test/crl/${ec.issuerId}-delta.crl`);
    expect(textOf(delta)).toMatch(/Delta CRL Indicator: critical/);
    expect(parseCrl(delta)).toMatchObject({ number: numberOf(base), baseNumber: numberOf(base) });
    expect([serialsOf(base).length, serialsOf(delta).length]).toEqual([3, 0]);
  });

  it('tell what changed since the base, as openssl reads them', async () => {
    const { world, publisher, revoked, held, heldForGood, good } = await largeWorld();
    const base = document(world, ec);
    await world.store.release(held.record, world.clock.now());
    await revokeRow(world.store, heldForGood.record, 'superseded');
    await revokeRow(world.store, good.record, 'cessationOfOperation');
    await revoke(world.store, ec);
    const untouched = await deliver(world.store, ec);
    world.clock.advance(HOUR_MS);
    await publisher.publish('revocation');

    expect(document(world, ec)).toEqual(base);
    const delta = document(world, ec, 'delta');
    expect(parseCrl(delta).baseNumber).toBe(numberOf(base));
    expect(numberOf(delta)).toBeGreaterThan(numberOf(base));
    const text = textOf(delta);
    const entry = (serial: string) =>
      new RegExp(`Serial Number: ${serial}\\n([^]*?)(?=Serial|Signature)`).exec(text)?.[1];
    expect(entry(held.serialNumber)).toContain('Remove From CRL');
    expect(entry(heldForGood.serialNumber)).toContain('Superseded');
    expect(entry(good.serialNumber)).toContain('Cessation Of Operation');
    expect(entry(revoked.serialNumber)).toBeUndefined();
    expect(serialsOf(delta)).toHaveLength(4);

    const judge = (crls: readonly Uint8Array[], extra: string[]) =>
      [revoked, held, heldForGood, good, untouched].map(({ certificate }) =>
        check(ec, certificate, crls, extra),
      );
    // The delta was issued an hour from now by openssl's clock.
    const at = String(Math.floor(world.clock.now().getTime() / 1000));
    expect(judge([base], ['-attime', at])).toEqual(['revoked', 'revoked', 'revoked', 'good', 'good']);
    const deltas = ['-attime', at, '-extended_crl', '-use_deltas'];
    expect(judge([base, delta], deltas)).toEqual(['revoked', 'good', 'revoked', 'revoked', 'good']);
  });

  it('tell again what the delta before said, for whoever has put that one on the base', async () => {
    const { world, publisher, held, good } = await largeWorld();
    const reasonsOf = () =>
      [held, good].map(({ serialNumber }) => {
        const entries = [...parseCrl(document(world, ec, 'delta')).entries()];
        return entries.find((entry) => entry.serialNumber === serialNumber)?.reason;
      });
    const publish = async () => {
      world.clock.advance(HOUR_MS);
      await publisher.publish('revocation');
      return reasonsOf();
    };
    const release = async (serialNumber: string) => {
      const record = await world.store.get(serialNumber);
      if (record) await world.store.release(record, world.clock.now());
    };
    const hold = async (serialNumber: string) => {
      const record = await world.store.get(serialNumber);
      if (record) await revokeRow(world.store, record, 'certificateHold');
    };
    const [certificateHold, removeFromCRL] = [6, 8];
    // The base lists one of them as on hold.
    await release(held.serialNumber);
    await hold(good.serialNumber);
    expect(await publish()).toEqual([removeFromCRL, certificateHold]);
    await hold(held.serialNumber);
    await release(good.serialNumber);
    expect(await publish()).toEqual([certificateHold, removeFromCRL]);
    expect(await publish()).toEqual([certificateHold, removeFromCRL]);
  });

  it('give way to a new base after its interval', async () => {
    const { world, publisher } = await largeWorld();
    const base = document(world, ec);
    world.clock.advance(11 * HOUR_MS);
    await publisher.publish('timer');
    expect(document(world, ec)).toEqual(base);
    world.clock.advance(HOUR_MS);
    await publisher.publish('timer');
    expect(numberOf(document(world, ec))).toBe(world.clock.now().getTime());
    expect(parseCrl(document(world, ec, 'delta')).baseNumber).toBe(world.clock.now().getTime());
  });

  it('need a base that names them: growth over the threshold brings a new one', async () => {
    const world = createWorld();
    const publisher = instance(world, ec, settings);
    await publisher.publish('timer');
    expect(textOf(document(world, ec))).not.toContain('Freshest');
    for (let i = 0; i < 3; i++) await revoke(world.store, ec);
    world.clock.advance(1000);
    await publisher.publish('revocation');
    expect(textOf(document(world, ec))).toContain('Freshest');
    expect(serialsOf(document(world, ec))).toHaveLength(3);
  });

  it('end when few are left: the complete CRL then follows the last delta', async () => {
    const { world, publisher, held } = await largeWorld();
    world.clock.advance(1000);
    await publisher.publish('timer');
    const last = numberOf(document(world, ec, 'delta'));
    await world.store.release(held.record, world.clock.now());
    await publisher.publish('revocation');
    expect(textOf(document(world, ec))).not.toContain('Freshest');
    expect(numberOf(document(world, ec))).toBe(last + 1);
  });

  it('stay after their end for as long as they are good, for clients that hold the base before', async () => {
    const { world, publisher, held } = await largeWorld();
    const delta = document(world, ec, 'delta');
    await world.store.release(held.record, world.clock.now());
    for (const step of [DAY_MS - 1, 1]) {
      expect((await publisher.find('delta'))?.der).toEqual(delta);
      world.clock.advance(step);
      await publisher.publish('timer');
    }
    expect(await publisher.find('delta')).toBeUndefined();
  });
});
