import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import { FEEDS, type FeedName } from '../../../lib/directory/directory.js';
import { createDirectoryStateStore, type DirectoryState } from '../../../lib/revocation/directory-state.js';
import { createDirectorySync, type DirectorySyncSettings } from '../../../lib/revocation/directory-sync.js';
import { createIntuneCheck } from '../../../lib/revocation/intunes-own.js';
import { createRevoker, type Revoker } from '../../../lib/revocation/revoker.js';
import type { Reservation } from '../../../lib/store/store.js';
import { deliver, makeReservation } from '../../contract/store/records.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { createFakeDirectory, DELETED, DISABLED, end, GOOD, item } from './fake-directory.js';
import { createTestClock, createTestLogger, createTestPublications } from './fixtures.js';

const DEVICE = 'd0000000-0000-4000-8000-000000000001';
const ENTRA = 'e0000000-0000-4000-8000-000000000001';
const ROBIN = 'robin@example.com';

type Settings = Partial<DirectorySyncSettings> & { readonly budgetMs?: number };

function setUp({ budgetMs = 4 * MINUTE_MS, ...settings }: Settings = {}) {
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
  const state = createDirectoryStateStore(documents);
  /** Each a timer of its own, as after a restart: what it knows is in the store. */
  const run = (changes: Settings = {}, applier: Pick<Revoker, 'apply'> = revoker) =>
    createDirectorySync({
      directory,
      certificates: store,
      revoker: applier,
      state,
      isIntunes: createIntuneCheck(new Set(['static'])),
      clock,
      logger,
      budgetMs,
      settings: { ...settings, ...changes },
    })();
  const issue = async (changes: Partial<Reservation>) =>
    (await deliver(store, makeReservation(changes))).serialNumber;
  const revocationOf = (serialNumber: string) => store.records.get(serialNumber)?.revocation;
  const stateOf = (serialNumber: string) => store.records.get(serialNumber)?.state;
  return {
    clock,
    store,
    directory,
    documents,
    state,
    lines,
    crl,
    revoker,
    run,
    issue,
    revocationOf,
    stateOf,
  };
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

/** What a run asks for after one that came to the end of all lists; Intune's knows no changes. */
const READ_ON = [
  { feed: 'managedDevices', link: undefined },
  { feed: 'devices', link: 'devices changes' },
  { feed: 'users', link: 'users changes' },
];

describe('what the feeds tell', () => {
  it('is read on from where the last run stopped', async () => {
    const { run, directory } = setUp();
    await run();
    directory.links.length = 0;
    await run();
    expect(directory.links).toEqual(READ_ON);
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
    await expect(run()).rejects.toMatchObject({
      code: 'ERR_DIRECTORY_BRAKE',
      detail: '21 within an hour, of 209 live certificates; allowed are 10 %',
    });
    expect(live()).toBe(209);
    expect(crl.published).toBe(0);
    // Nothing was noted as done: the same is found again, though the feed does not tell it again.
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_BRAKE' });
    directory.links.length = 0;
    await expect(run({ maxSharePercent: 100 })).resolves.toMatchObject({ revoked: 21 });
    expect(directory.links).toContainEqual({ feed: 'devices', link: 'devices changes' });
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
  it.each(['ERR_DIRECTORY_UNAVAILABLE', 'ERR_DIRECTORY_FORBIDDEN'] as const)(
    'of one feed in every run keeps none of the others back (%s)',
    async (code) => {
      const { run, issue, stateOf, directory } = setUp();
      for (const deviceId of [ENTRA, DEVICE]) {
        const serial = await issue({ deviceId });
        directory.pages.managedDevices.push(new SkepError(code));
        directory.pages.devices.push(end([item(`object of ${deviceId}`, [deviceId], 'suspect')]));
        directory.standings.set(deviceId, DISABLED);
        await expect(run()).rejects.toMatchObject({ code });
        expect(stateOf(serial)).toBe('revoked');
      }
      directory.links.length = 0;
      await run();
      expect(directory.links).toEqual(READ_ON);
    },
  );

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

  it('about one hold keeps no other back, and is told', async () => {
    const { run, issue, store, stateOf, directory, lines } = setUp();
    const ids = ['a', 'b', 'c', 'd'];
    const serials = [];
    for (const deviceId of ids) serials.push(await issue({ deviceId }));
    for (const serial of serials) {
      const record = store.records.get(serial);
      if (record) await store.revoke(record, { at: new Date(), reason: 'certificateHold', by: 'directory' });
    }
    const failing = serials.toSorted()[0] ?? '';
    const deviceId = store.records.get(failing)?.deviceId ?? '';
    const gone = await issue({ deviceId: ENTRA });
    directory.pages.devices.push(end([item('object', [ENTRA], 'suspect')]));
    directory.standings.set(deviceId, new SkepError('ERR_DIRECTORY_UNAVAILABLE')).set(ENTRA, DELETED);

    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE' });
    expect(serials.map(stateOf).filter((state) => state === 'delivered')).toHaveLength(3);
    expect(stateOf(gone)).toBe('revoked');
    expect(lines.join()).toContain(`serialNumber=${failing}`);

    directory.standings.delete(deviceId);
    expect(await run()).toMatchObject({ released: 1 });
    expect(stateOf(failing)).toBe('delivered');
  });

  it('about some candidates in every run keeps none of the others back', async () => {
    const { run, issue, stateOf, directory } = setUp();
    const failing = Array.from({ length: 8 }, (_, i) => `failing-${i}`);
    const others = Array.from({ length: 20 }, (_, i) => `other-${i}`);
    for (const deviceId of failing) {
      await issue({ deviceId });
      directory.standings.set(deviceId, new SkepError('ERR_DIRECTORY_UNAVAILABLE'));
    }
    const serials = [];
    for (const deviceId of others) {
      serials.push(await issue({ deviceId }));
      directory.standings.set(deviceId, DISABLED);
    }
    directory.pages.devices.push(end([...failing, ...others].map((id) => item(id, [id], 'suspect'))));

    for (let i = 0; i < 2; i++) {
      await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE' });
    }
    expect(new Set(serials.map(stateOf))).toEqual(new Set(['revoked']));
  });

  it('that is whole is noticed after a few, which all wait for their time to run out', async () => {
    const { run, issue, directory, state } = setUp();
    const ids = Array.from({ length: 100 }, (_, i) => `device-${i}`);
    for (const deviceId of ids) {
      await issue({ deviceId });
      directory.standings.set(deviceId, new SkepError('ERR_DIRECTORY_UNAVAILABLE'));
    }
    directory.pages.devices.push(end(ids.map((id) => item(id, [id], 'suspect'))));
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE' });
    expect(directory.asked.length).toBeLessThanOrEqual(16);
    expect((await state.load()).pending).toHaveLength(100);
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
    expect(await run()).toMatchObject({ outOfTime: true });
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

describe('a long list', () => {
  const PAGE_MS = 500;

  /** Each page takes its time, and names one object of its own. @param pages how many each feed has. */
  function withPages(pages: Record<FeedName, number>, settings: Settings = {}) {
    const parts = setUp(settings);
    const read: string[] = [];
    parts.directory.readPage = (feed, link = '1') => {
      parts.clock.advance(PAGE_MS);
      read.push(`${feed} ${link}`);
      if (link === 'changes') return Promise.resolve(end([], feed));
      const page = Number(link);
      const items = [item(`${feed} ${page}`)];
      if (page < pages[feed]) return Promise.resolve({ items, next: String(page + 1) });
      return Promise.resolve(feed === 'managedDevices' ? { items } : { items, changes: 'changes' });
    };
    return { ...parts, read };
  }
  const knownTo = ({ feeds }: DirectoryState) => FEEDS.map((feed) => feeds[feed].known.size);

  it('is read in as many runs as it takes, no page of it twice, and each run says that it is not at the end', async () => {
    const { run, read, state, clock } = withPages({ managedDevices: 20, devices: 400, users: 150 });
    const reports = [];
    for (let i = 0; i < 3; i++) {
      const startMs = clock.now().getTime();
      reports.push(await run());
      expect(clock.now().getTime() - startMs).toBeLessThanOrEqual(2 * MINUTE_MS);
    }
    expect(reports.map(({ outOfTime }) => outOfTime)).toEqual([true, true, undefined]);
    expect(knownTo(await state.load())).toEqual([20, 400, 150]);
    const whole = read.filter((page) => /^(devices|users) \d/.test(page));
    expect(whole).toHaveLength(550);
    expect(new Set(whole).size).toBe(550);
  });

  it('does not keep the others from being read, though it takes whole runs each time', async () => {
    // 240 pages a run: the second run ends with the last page of the list.
    const { run, state } = withPages({ managedDevices: 480, devices: 1, users: 1 });
    await run();
    await run();
    expect(knownTo(await state.load())).toEqual([480, 0, 0]);
    await run();
    expect(knownTo(await state.load())).toEqual([480, 1, 1]);
  });

  it('leaves time for those whom it named before its end', async () => {
    const { run, issue, stateOf, directory } = withPages({ managedDevices: 1000, devices: 1, users: 1 });
    const serial = await issue({ deviceId: DEVICE });
    const readPage = directory.readPage.bind(directory);
    directory.readPage = async (feed, link) => {
      const page = await readPage(feed, link);
      return page === 'expired'
        ? page
        : { ...page, items: [...page.items, item(DEVICE, [DEVICE], 'suspect')] };
    };
    directory.standings.set(DEVICE, DISABLED);
    expect(await run()).toMatchObject({ held: 1, outOfTime: true });
    expect(stateOf(serial)).toBe('revoked');
  });

  it('loses half a minute of reading when the host ends the run, and nobody whom it named before', async () => {
    const { run, issue, stateOf, read, state, directory, clock } = withPages({
      managedDevices: 1,
      devices: 200,
      users: 1,
    });
    const serial = await issue({ deviceId: ENTRA });
    const readPage = directory.readPage.bind(directory);
    const hung = new Promise<void>((resolve) => {
      directory.readPage = async (feed, link) => {
        if (feed === 'devices' && link === '150') {
          resolve();
          return new Promise(() => undefined);
        }
        const page = await readPage(feed, link);
        if (page === 'expired' || feed !== 'devices' || link !== '10') return page;
        return { ...page, items: [...page.items, item('gone', [ENTRA], 'suspect')] };
      };
    });
    void run();
    await hung;
    const kept = await state.load();
    expect(kept.pending.map(({ id }) => id)).toEqual(['gone']);
    expect(Number(kept.feeds.devices.link)).toBeGreaterThan(150 - 30_000 / PAGE_MS);

    directory.readPage = readPage;
    directory.standings.set(ENTRA, DELETED);
    read.length = 0;
    clock.advance(10 * MINUTE_MS);
    expect(await run()).toMatchObject({ candidates: 1, revoked: 1 });
    expect(read[0]).toBe(`devices ${kept.feeds.devices.link}`);
    expect((await state.load()).feeds.devices.known.size).toBe(201);
    expect(stateOf(serial)).toBe('revoked');
  });
});

describe('a run that is ended while it revokes', () => {
  const suspects = (ids: readonly string[]) => end(ids.map((id) => item(id, [id], 'suspect')));
  const ids = Array.from({ length: 15 }, (_, i) => `device-${i}`);

  it('leaves its orders to the next one, and has them counted by the brake', async () => {
    const { run, issue, state, directory } = setUp();
    for (const deviceId of ids) await issue({ deviceId });
    directory.pages.devices.push(suspects(ids));
    for (const id of ids) directory.standings.set(id, DELETED);
    const reached = new Promise<void>((resolve) => {
      const apply = () => {
        resolve();
        return new Promise<never>(() => undefined);
      };
      void run({}, { apply });
    });
    await reached;
    const { spent, pending } = await state.load();
    expect(spent.map(({ count }) => count)).toEqual([15]);
    expect(pending).toHaveLength(15);
  });

  it('has no more to do than one run can', async () => {
    const { run, issue, directory } = setUp({ mostOrders: 10 });
    for (const deviceId of ids) await issue({ deviceId });
    directory.pages.devices.push(suspects(ids));
    for (const id of ids) directory.standings.set(id, DELETED);
    expect(await run()).toMatchObject({ revoked: 10, outOfTime: true });
    expect(await run()).toEqual({ candidates: 5, revoked: 5, held: 0, released: 0, failed: 0 });
    expect(await run()).toMatchObject({ candidates: 0 });
  });
});

describe('somebody with very many certificates', () => {
  async function withCertificates(count: number) {
    const parts = setUp({ maxSharePercent: 100 });
    for (let i = 0; i < count; i++) await parts.issue({ user: ROBIN });
    parts.directory.pages.users.push(end([item('user-1', [ROBIN], 'suspect')], 'users'));
    parts.directory.standings.set(ROBIN, { standing: 'suspended', why: 'user-disabled' });
    return parts;
  }

  it('has them looked at a few at a time', async () => {
    const { run, directory } = await withCertificates(300);
    const standingOf = directory.standingOf.bind(directory);
    let underWay = 0;
    let most = 0;
    directory.standingOf = async (...question) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return standingOf(...question);
    };
    expect(await run()).toMatchObject({ held: 300 });
    expect(most).toBe(8);
  });

  it('keeps no run for longer than its time, and loses nothing that was found in it', async () => {
    const { run, directory, clock, store } = await withCertificates(100);
    const standingOf = directory.standingOf.bind(directory);
    directory.standingOf = (...question) => {
      clock.advance(3_000);
      return standingOf(...question);
    };
    // There is nothing to read and nobody on hold: each has his three seconds of the four minutes.
    expect(await run()).toMatchObject({ held: 80, outOfTime: true });
    // Now those on hold have their share, and are no longer in the way of the others.
    for (let i = 0; i < 2; i++) await run();
    expect([...store.records.values()].map(({ state }) => state)).not.toContain('delivered');
  });
});

describe('an order that can never be written', () => {
  it('comes again in each run, and keeps nobody else from being looked at', async () => {
    const { run, issue, stateOf, directory, clock, revoker, state } = setUp({ maxSharePercent: 100 });
    const ids = Array.from({ length: 60 }, (_, i) => `device-${i}`);
    const serials: string[] = [];
    for (const deviceId of ids) {
      serials.push(await issue({ deviceId }));
      directory.standings.set(deviceId, DELETED);
    }
    const [stuck = '', ...others] = serials;
    const standingOf = directory.standingOf.bind(directory);
    directory.standingOf = (...question) => {
      // Twenty fit into a run.
      clock.advance(12_000);
      return standingOf(...question);
    };
    const applier: Pick<Revoker, 'apply'> = {
      apply: async (orders) => {
        const report = await revoker.apply(orders.filter(({ serialNumber }) => serialNumber !== stuck));
        const outcomes = [...report.results];
        const results = orders.map(({ serialNumber }) =>
          serialNumber === stuck ? new SkepError('ERR_STORE_CONFLICT') : outcomes.shift(),
        );
        return { ...report, results: results.map((result) => result ?? new SkepError('ERR_INTERNAL')) };
      },
    };
    directory.pages.devices.push(end(ids.map((id) => item(id, [id], 'suspect'))));

    for (let i = 0; i < 4; i++) expect(await run({}, applier)).toMatchObject({ held: 0 });
    expect(new Set(others.map(stateOf))).toEqual(new Set(['revoked']));
    expect(stateOf(stuck)).toBe('delivered');
    expect((await state.load()).pending.map(({ id }) => id)).toEqual(['device-0']);
    expect(await run()).toMatchObject({ candidates: 1, revoked: 1 });
  });
});

describe('many holds', () => {
  /** Twelve, in the order in which they are looked at; there is time for the first eight. */
  async function withHolds() {
    const parts = setUp();
    const { store, directory, clock } = parts;
    const serials = [];
    for (let i = 0; i < 12; i++) serials.push(await parts.issue({ deviceId: `held-${i}` }));
    for (const serial of serials) {
      const record = store.records.get(serial);
      if (record) await store.revoke(record, { at: new Date(), reason: 'certificateHold', by: 'directory' });
    }
    serials.sort();
    const deviceOf = (serial: string) => store.records.get(serial)?.deviceId ?? '';
    for (const serial of serials) directory.standings.set(deviceOf(serial), DISABLED);
    const standingOf = directory.standingOf.bind(directory);
    directory.standingOf = (holder, ...rest) => {
      // Eight side by side end the time of the holds, and not yet the run's.
      if (holder.deviceId?.startsWith('held-')) clock.advance(23_000);
      return standingOf(holder, ...rest);
    };
    const last = serials.at(-1) ?? '';
    directory.standings.set(deviceOf(last), GOOD);
    return { ...parts, last };
  }

  it('are looked at in turn', async () => {
    const { run, stateOf, last } = await withHolds();
    expect(await run()).toMatchObject({ released: 0, outOfTime: true });
    expect(await run()).toMatchObject({ released: 1 });
    expect(stateOf(last)).toBe('delivered');
  });

  it('are looked at in turn while the brake is on, too', async () => {
    const { run, issue, stateOf, directory, last } = await withHolds();
    const ids = Array.from({ length: 21 }, (_, i) => `device-${i}`);
    for (const deviceId of ids) await issue({ deviceId });
    directory.pages.devices.push(end(ids.map((id) => item(id, [id], 'suspect'))));
    for (const id of ids) directory.standings.set(id, DELETED);
    for (const expected of ['revoked', 'delivered']) {
      await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_BRAKE' });
      expect(stateOf(last)).toBe(expected);
    }
  });
});
