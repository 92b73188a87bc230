import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createDirectoryStateStore } from '../../../lib/revocation/directory-state.js';
import { createDirectorySync, type DirectorySyncSettings } from '../../../lib/revocation/directory-sync.js';
import { createIntuneCheck } from '../../../lib/revocation/intunes-own.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import type { Reservation } from '../../../lib/store/store.js';
import { deliver, makeReservation } from '../../contract/store/records.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { createFakeDirectory, DELETED, DISABLED, end, GOOD, item } from './fake-directory.js';
import { createTestClock, createTestLogger, createTestPublications } from './fixtures.js';

const DEVICE = 'd0000000-0000-4000-8000-000000000001';
const ENTRA = 'e0000000-0000-4000-8000-000000000001';
const ROBIN = 'robin@example.com';

function setUp(settings: Partial<DirectorySyncSettings> = {}) {
  const clock = createTestClock(new Date('2026-06-01T00:00:00Z'));
  const store = createMemoryStore();
  const directory = createFakeDirectory();
  const documents = createTestPublications(clock);
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
  /** Each a timer of its own, as after a restart: what it knows is in the store. */
  const run = () =>
    createDirectorySync({
      directory,
      certificates: store,
      revoker,
      state: createDirectoryStateStore(documents),
      isIntunes: createIntuneCheck(new Set(['static'])),
      clock,
      logger,
      settings,
    })();
  const issue = async (changes: Partial<Reservation>) =>
    (await deliver(store, makeReservation(changes))).serialNumber;
  const revocationOf = (serialNumber: string) => store.records.get(serialNumber)?.revocation;
  const stateOf = (serialNumber: string) => store.records.get(serialNumber)?.state;
  return { clock, store, directory, documents, lines, crl, revoker, run, issue, revocationOf, stateOf };
}

describe('the first run', () => {
  it('revokes nothing, whoever is there and whoever is not', async () => {
    const { run, issue, stateOf, directory } = setUp();
    const serial = await issue({ deviceId: DEVICE, user: ROBIN });
    directory.standings.set(DEVICE, DELETED);
    expect(await run()).toEqual({ candidates: 0, revoked: 0, held: 0, released: 0, failed: 0 });
    expect(stateOf(serial)).toBe('delivered');
    expect(directory.asked).toEqual([]);
  });

  it('holds those who are disabled, by all of the names of their device', async () => {
    const { run, issue, revocationOf, directory, crl, lines } = setUp();
    const byIntune = await issue({ deviceId: DEVICE });
    const byEntra = await issue({ deviceId: ENTRA });
    directory.pages.managedDevices.push(end([item(DEVICE, [DEVICE, ENTRA])], 'managedDevices'));
    directory.pages.devices.push(end([item('object', [ENTRA], 'suspect')]));
    directory.standings.set(DEVICE, DISABLED).set(ENTRA, DISABLED);
    expect(await run()).toMatchObject({ candidates: 1, held: 2 });
    for (const serial of [byIntune, byEntra]) {
      expect(revocationOf(serial)).toMatchObject({ reason: 'certificateHold', by: 'directory' });
    }
    expect(crl.published).toBe(1);
    expect(lines.join()).toContain('why=device-disabled');
  });
});

describe('what the feeds tell', () => {
  it('is read on from where the last run stopped', async () => {
    const { run, directory } = setUp();
    await run();
    directory.links.length = 0;
    await run();
    expect(directory.links).toEqual([
      { feed: 'managedDevices', link: undefined },
      { feed: 'devices', link: 'devices changes' },
      { feed: 'users', link: 'users changes' },
    ]);
  });

  it('ends the certificates of a removed device, which is named by its object id alone', async () => {
    const { run, issue, revocationOf, directory } = setUp();
    const serial = await issue({ deviceId: ENTRA });
    directory.pages.devices.push(end([item('object', [ENTRA])]), end([item('object', [], 'removed')]));
    await run();
    directory.standings.set(ENTRA, DELETED);
    expect(await run()).toMatchObject({ candidates: 1, revoked: 1 });
    expect(revocationOf(serial)).toMatchObject({ reason: 'cessationOfOperation', by: 'directory' });
    expect(await run()).toMatchObject({ revoked: 0 });
  });

  it('ends the certificates of a device that Intune lists no more, under Entra’s id too', async () => {
    const { run, issue, stateOf, directory } = setUp();
    const byIntune = await issue({ deviceId: DEVICE });
    const byEntra = await issue({ deviceId: ENTRA });
    directory.pages.managedDevices.push(
      end([item(DEVICE, [DEVICE, ENTRA])], 'managedDevices'),
      end([], 'managedDevices'),
    );
    await run();
    directory.standings.set(DEVICE, DELETED).set(ENTRA, DELETED);
    expect(await run()).toMatchObject({ revoked: 2 });
    expect([stateOf(byIntune), stateOf(byEntra)]).toEqual(['revoked', 'revoked']);
    expect(directory.asked.every(({ evidence }) => evidence?.wasManaged)).toBe(true);
  });

  it('finds a removed user under a former name, by the object', async () => {
    const { run, issue, stateOf, directory } = setUp();
    const serial = await issue({ user: ROBIN });
    directory.pages.users.push(
      end([item('user-1', [ROBIN])], 'users'),
      end([item('user-1', ['ro@example.com'])], 'users'),
      end([item('user-1', [], 'removed')], 'users'),
    );
    await run();
    await run();
    directory.standings.set(ROBIN, { standing: 'ended', why: 'user-deleted' });
    await run();
    expect(directory.asked.at(-1)?.evidence).toMatchObject({ userId: 'user-1' });
    expect(stateOf(serial)).toBe('revoked');
  });

  it('judges a removed user by the object, though somebody else has the name now', async () => {
    const { run, issue, directory } = setUp();
    await issue({ user: ROBIN });
    directory.pages.users.push(
      end([item('user-1', [ROBIN])], 'users'),
      end([item('user-1', [], 'removed'), item('user-2', [ROBIN])], 'users'),
    );
    await run();
    await run();
    expect(directory.asked.map(({ evidence }) => evidence?.userId)).toEqual(['user-1']);
  });

  it('is no reason by itself: what the directory does not confirm is left, and looked at again for a while', async () => {
    const { run, issue, stateOf, directory, clock } = setUp({ doubtMs: HOUR_MS });
    const serial = await issue({ deviceId: ENTRA });
    directory.pages.devices.push(end([item('object', [ENTRA])]), end([item('object', [], 'removed')]));
    await run();
    expect(await run()).toMatchObject({ candidates: 1, revoked: 0 });
    clock.advance(10 * MINUTE_MS);
    expect(await run()).toMatchObject({ candidates: 1, revoked: 0 });
    expect(stateOf(serial)).toBe('delivered');
    directory.standings.set(ENTRA, DELETED);
    expect(await run()).toMatchObject({ candidates: 1, revoked: 1 });
    expect(await run()).toMatchObject({ candidates: 0 });
  });

  it('is forgotten when it was not confirmed in time', async () => {
    const { run, issue, directory, clock } = setUp({ doubtMs: HOUR_MS });
    await issue({ deviceId: ENTRA });
    directory.pages.devices.push(end([item('object', [ENTRA], 'suspect')]));
    await run();
    clock.advance(HOUR_MS);
    expect(await run()).toMatchObject({ candidates: 1 });
    expect(await run()).toMatchObject({ candidates: 0 });
  });

  it('is begun anew when the link is too old, and then tells who went meanwhile', async () => {
    const { run, issue, stateOf, directory } = setUp();
    const gone = await issue({ deviceId: ENTRA });
    const stayed = await issue({ deviceId: DEVICE });
    directory.pages.devices.push(
      end([item('a', [ENTRA]), item('b', [DEVICE])]),
      'expired',
      { items: [item('b', [DEVICE])], next: 'more' },
      end([]),
    );
    await run();
    directory.standings.set(ENTRA, DELETED);
    await run();
    expect(directory.links.filter(({ feed }) => feed === 'devices').map(({ link }) => link)).toEqual([
      undefined,
      'devices changes',
      undefined,
      'more',
    ]);
    expect([stateOf(gone), stateOf(stayed)]).toEqual(['revoked', 'delivered']);
  });

  it('that comes empty by mistake revokes nothing', async () => {
    const { run, issue, stateOf, directory } = setUp();
    const serial = await issue({ deviceId: DEVICE });
    directory.pages.managedDevices.push(end([item(DEVICE)], 'managedDevices'), end([], 'managedDevices'));
    await run();
    expect(await run()).toMatchObject({ candidates: 1, revoked: 0, held: 0 });
    expect(stateOf(serial)).toBe('delivered');
  });

  it('does not concern certificates of other endpoints, nor those that are over', async () => {
    const { run, issue, stateOf, directory, revoker } = setUp();
    const foreign = await issue({ deviceId: ENTRA, endpoint: 'static' });
    const over = await issue({ deviceId: ENTRA });
    await revoker.revoke(over, 'keyCompromise', 'person:ada');
    directory.pages.devices.push(end([item('object', [ENTRA], 'suspect')]));
    directory.standings.set(ENTRA, DELETED);
    expect(await run()).toMatchObject({ candidates: 1, revoked: 0 });
    expect(stateOf(foreign)).toBe('delivered');
  });

  it('concerns certificates of an endpoint that was renamed or removed since', async () => {
    const { run, issue, stateOf, directory } = setUp();
    const old = await issue({ deviceId: ENTRA, endpoint: 'lab' });
    const foreign = await issue({ deviceId: ENTRA, endpoint: 'printers', validator: 'static' });
    directory.pages.devices.push(end([item('object', [ENTRA], 'suspect')]));
    directory.standings.set(ENTRA, DELETED);
    expect(await run()).toMatchObject({ candidates: 1, revoked: 1 });
    expect([stateOf(old), stateOf(foreign)]).toEqual(['revoked', 'delivered']);
  });

  it('waits for a certificate that is being issued at this moment', async () => {
    const { run, store, directory } = setUp();
    const reservation = makeReservation({ deviceId: ENTRA });
    const reserved = await store.reserve(reservation);
    directory.pages.devices.push(end([item('object', [ENTRA], 'suspect')]));
    directory.standings.set(ENTRA, DISABLED);
    expect(await run()).toMatchObject({ candidates: 1, held: 0 });
    await store.markIssued(reserved, Buffer.from('certificate'), reservation.reservedAt);
    expect(await run()).toMatchObject({ candidates: 1, held: 1 });
  });
});

describe('a hold', () => {
  async function held() {
    const parts = setUp();
    const serial = await parts.issue({ deviceId: ENTRA });
    parts.directory.pages.devices.push(end([item('object', [ENTRA], 'suspect')]));
    parts.directory.standings.set(ENTRA, DISABLED);
    await parts.run();
    expect(parts.stateOf(serial)).toBe('revoked');
    return { ...parts, serial };
  }

  it('stays while its cause does, and is released when that is over', async () => {
    const { run, serial, stateOf, directory } = await held();
    expect(await run()).toMatchObject({ held: 0, released: 0 });
    directory.standings.set(ENTRA, GOOD);
    expect(await run()).toMatchObject({ released: 1 });
    expect(stateOf(serial)).toBe('delivered');
  });

  it('becomes permanent when its device is gone', async () => {
    const { run, serial, revocationOf, directory } = await held();
    directory.standings.set(ENTRA, DELETED);
    expect(await run()).toMatchObject({ revoked: 1 });
    expect(revocationOf(serial)).toMatchObject({ reason: 'cessationOfOperation' });
  });

  it('of a person is not the directory’s to release', async () => {
    const { run, issue, stateOf, revoker } = setUp();
    const serial = await issue({ deviceId: ENTRA });
    await revoker.hold(serial, 'person:ada');
    expect(await run()).toMatchObject({ released: 0 });
    expect(stateOf(serial)).toBe('revoked');
  });
});

describe('the brake', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => `device-${i}`);

  async function withDevices(count: number, others = 0, settings: Partial<DirectorySyncSettings> = {}) {
    const parts = setUp(settings);
    for (const deviceId of ids(count)) await parts.issue({ deviceId });
    for (let i = 0; i < others; i++) await parts.issue({});
    parts.directory.pages.devices.push(end(ids(count).map((id) => item(id, [id], 'suspect'))));
    for (const id of ids(count)) parts.directory.standings.set(id, DELETED);
    const live = () => [...parts.store.records.values()].filter(({ state }) => state === 'delivered').length;
    return { ...parts, live };
  }

  it('lets twenty pass, however few there are', async () => {
    const { run } = await withDevices(20);
    expect(await run()).toMatchObject({ revoked: 20 });
  });

  it('lets a tenth pass', async () => {
    const { run } = await withDevices(21, 189);
    expect(await run()).toMatchObject({ revoked: 21 });
  });

  it('stops above both, revokes none, and stops again until somebody allows more', async () => {
    const { run, live, directory, crl } = await withDevices(21, 188);
    const page = directory.pages.devices[0];
    await expect(run()).rejects.toMatchObject({
      code: 'ERR_DIRECTORY_BRAKE',
      detail: '21 within an hour, of 209 live certificates; allowed are 10 %',
    });
    expect(live()).toBe(209);
    expect(crl.published).toBe(0);
    // Nothing was noted as done: the same is read and found again.
    if (page) directory.pages.devices.push(page);
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_BRAKE' });
  });

  it('opens with the setting', async () => {
    const { run } = await withDevices(21, 0, { maxSharePercent: 100 });
    expect(await run()).toMatchObject({ revoked: 21 });
  });

  it('counts the runs of the hour before, and no longer', async () => {
    const { run, directory, issue, clock } = await withDevices(15);
    await run();
    const more = ids(10).map((id) => `more ${id}`);
    for (const deviceId of more) {
      await issue({ deviceId });
      directory.standings.set(deviceId, DELETED);
    }
    const page = end(more.map((id) => item(id, [id], 'suspect')));
    directory.pages.devices.push(page);
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_BRAKE' });
    clock.advance(HOUR_MS);
    directory.pages.devices.push(page);
    expect(await run()).toMatchObject({ revoked: 10 });
  });

  it('does not keep holds from being released', async () => {
    const { run, directory, issue, stateOf, store } = await withDevices(21);
    const serial = await issue({ deviceId: DEVICE });
    const record = store.records.get(serial);
    if (record) await store.revoke(record, { at: new Date(), reason: 'certificateHold', by: 'directory' });
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_BRAKE' });
    expect(directory.standings.has(DEVICE)).toBe(false);
    expect(stateOf(serial)).toBe('delivered');
  });
});

describe('an outage', () => {
  it('of a feed leaves everything for the next run', async () => {
    const { run, directory, documents } = setUp();
    directory.pages.users.push(new SkepError('ERR_DIRECTORY_UNAVAILABLE'));
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE' });
    expect(documents.publications.size).toBe(0);
  });

  it('during a judgement keeps what was found, and the rest pending', async () => {
    const { run, issue, directory, stateOf } = setUp();
    const first = await issue({ deviceId: DEVICE });
    const second = await issue({ deviceId: ENTRA });
    directory.pages.devices.push(end([item('a', [DEVICE], 'suspect'), item('b', [ENTRA], 'suspect')]));
    directory.standings.set(DEVICE, DISABLED).set(ENTRA, new SkepError('ERR_DIRECTORY_UNAVAILABLE'));
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE' });
    expect([stateOf(first), stateOf(second)]).toEqual(['revoked', 'delivered']);
    directory.standings.set(ENTRA, DISABLED);
    expect(await run()).toMatchObject({ held: 1 });
    expect(stateOf(second)).toBe('revoked');
  });

  it('of time leaves the rest of the pages for the next run', async () => {
    const { run, directory, clock } = setUp({ budgetMs: MINUTE_MS });
    directory.pages.devices.push({ items: [item('a', [DEVICE])], next: 'second page' }, end([]));
    const readPage = directory.readPage.bind(directory);
    directory.readPage = async (feed, link) => {
      const page = await readPage(feed, link);
      if (feed === 'devices') clock.advance(MINUTE_MS);
      return page;
    };
    await run();
    await run();
    const devices = directory.links.filter(({ feed }) => feed === 'devices');
    expect(devices.map(({ link }) => link)).toEqual([undefined, 'second page']);
  });

  it('of memory is survived: a state of another form counts as none', async () => {
    const { run, directory, documents } = setUp();
    await documents.put('directory.json', Buffer.from('{"feeds":1}'), 'application/json');
    await run();
    expect(directory.links.map(({ link }) => link)).toEqual([undefined, undefined, undefined]);
  });
});
