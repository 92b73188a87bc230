import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import type { Standing } from '../../../lib/directory/directory.js';
import { createLiveReader, type LiveReaderSettings } from '../../../lib/revocation/live-reader.js';
import { createIntuneCheck } from '../../../lib/revocation/intunes-own.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import type { Reservation } from '../../../lib/store/store.js';
import { deliver, makeReservation, NOW } from '../../contract/store/records.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { createFakeDirectory, DELETED, DISABLED, GOOD } from './fake-directory.js';
import { createTestClock, createTestLogger } from './fixtures.js';

const DEVICE = 'd0000000-0000-4000-8000-000000000001';

function setUp(standing: Standing | Error = GOOD, settings: Partial<LiveReaderSettings> = {}) {
  const clock = createTestClock(new Date(NOW.getTime() + HOUR_MS));
  const store = createMemoryStore();
  const directory = createFakeDirectory();
  directory.standings.set(DEVICE, standing);
  const { logger, lines } = createTestLogger();
  const crl = { published: 0 };
  const revoker = createRevoker({
    store,
    ocsp: { invalidate: () => undefined },
    crl: {
      publish: () => {
        crl.published++;
        return Promise.resolve();
      },
    },
    clock,
    logger,
  });
  const reader = createLiveReader({
    certificates: store,
    directory,
    revoker: () => revoker,
    isIntunes: createIntuneCheck(new Set(['static'])),
    clock,
    logger,
    settings,
  });
  const issue = async (changes: Partial<Reservation> = {}) =>
    (await deliver(store, makeReservation({ deviceId: DEVICE, ...changes }))).serialNumber;
  return { clock, store, directory, lines, crl, revoker, reader, issue };
}

describe('a live look', () => {
  it('lets a good certificate be', async () => {
    const { reader, issue, crl } = setUp();
    expect(await reader.get(await issue())).toMatchObject({ state: 'delivered' });
    expect(crl.published).toBe(0);
  });

  it.each([DISABLED, DELETED])(
    'puts on hold, and on the CRL, what the directory speaks against: %o',
    async (standing) => {
      const { reader, store, issue, crl } = setUp(standing);
      const serial = await issue();
      const record = await reader.get(serial);
      expect(record).toMatchObject({
        state: 'revoked',
        revocation: { reason: 'certificateHold', by: 'directory' },
      });
      expect(store.records.get(serial)).toEqual(record);
      expect(crl.published).toBe(1);
    },
  );

  it('releases what the directory held, and nobody else’s hold', async () => {
    const { reader, issue, directory, revoker, clock } = setUp(DISABLED);
    const [ours, persons] = [await issue(), await issue()];
    await reader.get(ours);
    await revoker.hold(persons, 'person:ada');
    directory.standings.set(DEVICE, GOOD);
    clock.advance(MINUTE_MS);
    expect(await reader.get(ours)).toMatchObject({ state: 'delivered' });
    expect(await reader.get(persons)).toMatchObject({ state: 'revoked' });
  });

  it('asks once in a minute for a certificate', async () => {
    const { reader, issue, directory, clock } = setUp();
    const serial = await issue();
    await reader.get(serial);
    clock.advance(MINUTE_MS - 1);
    await reader.get(serial);
    expect(directory.asked).toHaveLength(1);
    clock.advance(1);
    await reader.get(serial);
    expect(directory.asked).toHaveLength(2);
  });

  it('answers from the store while the directory is away, and does not ask at every question', async () => {
    const { reader, issue, directory, lines } = setUp(new SkepError('ERR_DIRECTORY_UNAVAILABLE'));
    const serial = await issue();
    expect(await reader.get(serial)).toMatchObject({ state: 'delivered' });
    expect(await reader.get(serial)).toMatchObject({ state: 'delivered' });
    expect(directory.asked).toHaveLength(1);
    expect(lines.join()).toContain('code=ERR_DIRECTORY_UNAVAILABLE');
  });

  it('does not look for other endpoints’ certificates, unnamed holders and what is over', async () => {
    const { reader, store, issue, directory, revoker } = setUp(DISABLED);
    const over = await issue();
    await revoker.revoke(over, 'keyCompromise', 'person:ada');
    await reader.get(over);
    await reader.get(await issue({ endpoint: 'static' }));
    await reader.get((await deliver(store, makeReservation())).serialNumber);
    expect(await reader.get('FF')).toBeUndefined();
    expect(directory.asked).toEqual([]);
  });

  it('looks for certificates of an endpoint that was renamed or removed, unless they never were Intune’s', async () => {
    const { reader, issue } = setUp(DISABLED);
    const old = await issue({ endpoint: 'lab' });
    const foreign = await issue({ endpoint: 'printers', validator: 'static' });
    expect(await reader.get(old)).toMatchObject({ state: 'revoked' });
    expect(await reader.get(foreign)).toMatchObject({ state: 'delivered' });
  });

  it('takes an unknown device for too new as long as its certificate is', async () => {
    const { reader, issue, clock } = setUp(DELETED, { graceMs: 2 * HOUR_MS });
    const serial = await issue();
    expect(await reader.get(serial)).toMatchObject({ state: 'delivered' });
    clock.advance(HOUR_MS);
    expect(await reader.get(serial)).toMatchObject({ state: 'revoked' });
  });

  it('has a brake', async () => {
    const { reader, issue, clock, lines } = setUp(DISABLED, { maxHoldsPerHour: 2 });
    const serials = [await issue(), await issue(), await issue()];
    const states = async () =>
      (await Promise.all(serials.map((serial) => reader.get(serial)))).map((record) => record?.state);
    expect(await states()).toEqual(['revoked', 'revoked', 'delivered']);
    expect(lines.join()).toContain('ERR_DIRECTORY_BRAKE');
    clock.advance(HOUR_MS);
    expect(await states()).toEqual(['revoked', 'revoked', 'revoked']);
  });

  it('forgets the oldest word when it has too many', async () => {
    const { reader, issue, directory } = setUp(GOOD, { cacheEntries: 1 });
    const [a, b] = [await issue(), await issue()];
    for (const serial of [a, b, b, a]) await reader.get(serial);
    expect(directory.asked).toHaveLength(3);
  });
});
