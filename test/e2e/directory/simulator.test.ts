/** Graph's simulator, read through the product's own HTTP client: deltas across restarts, pages, throttling, the brake. */
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_DEFAULTS, SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { systemRandom } from '../../../lib/base/random.js';
import { MINUTE_MS, systemClock } from '../../../lib/base/clock.js';
import { createGraphDirectory, type GraphDirectory } from '../../../lib/directory/graph-directory.js';
import { systemDelay } from '../../../lib/microsoft/deadline.js';
import { createDirectoryStateStore } from '../../../lib/revocation/directory-state.js';
import { createDirectorySync } from '../../../lib/revocation/directory-sync.js';
import { createIntuneCheck } from '../../../lib/revocation/intunes-own.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import type { Reservation } from '../../../lib/store/store.js';
import { deliver, makeReservation } from '../../contract/store/records.js';
import { GRAPH_SCOPE, getToken } from '../../support/intune-simulator.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { createTestLogger, createTestPublications } from '../../unit/revocation/fixtures.js';

const ROBIN = 'robin@skep-simulator.onmicrosoft.com';

let simulator: IntuneSimulator;
beforeEach(async () => {
  simulator = await startIntuneSimulator();
});
afterEach(() => simulator.close());

function connect(): GraphDirectory {
  return createGraphDirectory({
    credential: {
      getToken: async () => ({
        token: await getToken(simulator, GRAPH_SCOPE),
        expiresOnTimestamp: Date.now() + 3_000_000,
      }),
    },
    httpClient: createDefaultHttpClient(),
    clock: systemClock,
    randomBytes: systemRandom,
    // Waits are not waited for, budgets are kept.
    delay: (ms, signal) => systemDelay(ms < 5_000 ? 0 : ms, signal),
    logger: createTestLogger().logger,
    userAgent: 'Skep/test',
    graphBaseUrl: simulator.url,
    graphScope: GRAPH_SCOPE,
    rules: { compliance: true },
    extraHosts: [new URL(simulator.url).host],
  });
}

function setUp() {
  const store = createMemoryStore();
  const documents = createTestPublications(systemClock);
  const { logger, lines } = createTestLogger();
  const revoker = createRevoker({
    store,
    ocsp: { invalidate: () => undefined },
    crl: { publish: () => Promise.resolve() },
    clock: systemClock,
    logger,
  });
  /** Everything is made anew each time, as after a restart. */
  const run = () =>
    createDirectorySync({
      directory: connect(),
      certificates: store,
      revoker,
      state: createDirectoryStateStore(documents),
      isIntunes: createIntuneCheck(new Set(['static'])),
      clock: systemClock,
      logger,
      budgetMs: MINUTE_MS,
    })();
  const issue = async (changes: Partial<Reservation>) =>
    (await deliver(store, makeReservation(changes))).serialNumber;
  return {
    store,
    run,
    issue,
    lines,
    revocationOf: (serial: string) => store.records.get(serial)?.revocation,
  };
}

function addDevices(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const id = `5ce90000-de71-4000-8000-${String(1000 + i).padStart(12, '0')}`;
    simulator.state.devices.set(id, {
      ...structuredClone(DEVICE_DEFAULTS),
      id,
      tenantId: SEED_IDS.tenant,
      entraId: id.replace('de71', 'e474'),
      name: `DESKTOP-${i}`,
    });
    return id;
  });
}

const seedDevice = () => {
  const device = simulator.state.devices.get(SEED_IDS.device);
  if (!device) throw new Error('the seed has a device');
  return device;
};

const callsTo = (endpoint: string) =>
  simulator.state.calls.filter((call) => call.endpoint === endpoint).length;

describe('a device', () => {
  it('that is disabled and enabled again is held and released', async () => {
    const { run, issue, revocationOf } = setUp();
    const [byIntune, byEntra] = [
      await issue({ deviceId: SEED_IDS.device }),
      await issue({ deviceId: SEED_IDS.deviceEntra }),
    ];
    await run();
    seedDevice().accountEnabled = false;
    expect(await run()).toMatchObject({ held: 2, revoked: 0 });
    expect(revocationOf(byIntune)).toMatchObject({ reason: 'certificateHold', by: 'directory' });
    seedDevice().accountEnabled = true;
    expect(await run()).toMatchObject({ released: 2 });
    expect(revocationOf(byEntra)).toBeUndefined();
  });

  it.each<[string, () => void]>([
    ['deleted in Entra', () => (seedDevice().registered = false)],
    ['deleted in Intune', () => (seedDevice().state = 'deleted')],
    [
      'retired',
      () =>
        (seedDevice().actions = [
          { actionName: 'retire', actionState: 'pending', startDateTime: new Date().toISOString() },
        ]),
    ],
  ])('that is %s takes its certificates along', async (_, happen) => {
    const { run, issue, revocationOf } = setUp();
    const serials = [
      await issue({ deviceId: SEED_IDS.device }),
      await issue({ deviceId: SEED_IDS.deviceEntra }),
    ];
    await run();
    happen();
    await run();
    for (const serial of serials) {
      expect(revocationOf(serial)).toMatchObject({ reason: 'cessationOfOperation', by: 'directory' });
    }
  });

  it('that does not comply is held where that counts', async () => {
    const { run, issue } = setUp();
    await issue({ deviceId: SEED_IDS.device });
    seedDevice().compliant = false;
    expect(await run()).toMatchObject({ held: 1 });
    seedDevice().compliant = true;
    expect(await run()).toMatchObject({ released: 1 });
  });
});

describe('a user', () => {
  it('that is disabled is held; that is renamed is left; that is deleted ends', async () => {
    const { run, issue, revocationOf } = setUp();
    const serial = await issue({ user: ROBIN });
    const user = simulator.state.users.get(SEED_IDS.user);
    if (!user) throw new Error('the seed has a user');
    await run();
    user.accountEnabled = false;
    expect(await run()).toMatchObject({ held: 1 });
    user.accountEnabled = true;
    user.userPrincipalName = 'ro@skep-simulator.onmicrosoft.com';
    expect(await run()).toMatchObject({ released: 1, revoked: 0 });
    simulator.state.users.delete(SEED_IDS.user);
    expect(await run()).toMatchObject({ revoked: 1 });
    expect(revocationOf(serial)).toMatchObject({ reason: 'cessationOfOperation' });
  });
});

describe('the feeds', () => {
  it('come in pages, are read on after a restart, and anew when their token is too old', async () => {
    const { run, issue, store } = setUp();
    const ids = addDevices(25);
    simulator.state.switches.graphPageSize = 10;
    const serials = await Promise.all(ids.map((deviceId) => issue({ deviceId })));
    await run();
    expect(callsTo('graphDevices')).toBe(3);
    await run();
    expect(callsTo('graphDevices')).toBe(4);

    simulator.state.listings.clear();
    const gone = simulator.state.devices.get(ids[7] ?? '');
    if (gone) gone.registered = false;
    expect(await run()).toMatchObject({ revoked: 1 });
    expect(store.records.get(serials[7] ?? '')?.state).toBe('revoked');
  });

  it('survive throttling and a reset, and fail closed on more', async () => {
    const { run, issue, store } = setUp();
    const serial = await issue({ deviceId: SEED_IDS.device });
    await run();
    seedDevice().accountEnabled = false;
    simulator.faults.add({
      kind: 'status',
      endpoint: 'graphDevices',
      status: 429,
      retryAfterSeconds: 1,
      count: 1,
    });
    simulator.faults.add({ kind: 'reset', endpoint: 'graphManagedDevices', count: 1 });
    expect(await run()).toMatchObject({ held: 1 });
    expect(store.records.get(serial)?.state).toBe('revoked');
    simulator.faults.add({ kind: 'status', endpoint: 'graphUsers', status: 403 });
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_FORBIDDEN' });
    simulator.faults.clear();
    simulator.faults.add({ kind: 'nonJson', endpoint: 'graphManagedDevices' });
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE' });
  });

  it('are closed to a token without the roles, which the probe names', async () => {
    const app = simulator.state.apps.get(SEED_IDS.client);
    if (!app) throw new Error('the seed has an app');
    app.roles = ['User.Read.All'];
    await expect(setUp().run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_FORBIDDEN' });
    expect(await connect().probe()).toMatchObject({
      ok: false,
      missingRoles: ['Device.Read.All', 'DeviceManagementManagedDevices.Read.All'],
    });
  });
});

describe('the brake', () => {
  it('holds when everybody is suddenly gone, and the next run goes on when they are back', async () => {
    const { run, issue, store } = setUp();
    const ids = addDevices(30);
    await Promise.all(ids.map((deviceId) => issue({ deviceId })));
    await run();
    const devices = ids.map((id) => simulator.state.devices.get(id));
    for (const device of devices) if (device) device.state = 'deleted';
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_BRAKE' });
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DIRECTORY_BRAKE' });
    expect([...store.records.values()].every(({ state }) => state === 'delivered')).toBe(true);
    for (const device of devices) if (device) device.state = 'enrolled';
    expect(await run()).toMatchObject({ revoked: 0, held: 0 });
  });
});
