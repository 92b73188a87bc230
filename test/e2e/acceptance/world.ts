/**
 * @module What the scenarios share: the Intune simulator, a CA in this process on its clock, and Windows devices that
 * live on it too. Time stands still unless a test moves it.
 */
import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import {
  createWindowsClient,
  type WindowsClient,
  type WindowsClientOptions,
} from '../../../dev/devices/omadm/client.js';
import { createInProcessCa, type InProcessCa } from '../../../dev/in-process-ca.js';
import type { IssuedCertificate, RevocationRequest, ScepProfile } from '../../../dev/intune/model.js';
import { DEVICE_DEFAULTS, defaultSeed, PROFILE_DEFAULTS, SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { resetState } from '../../../dev/intune/state.js';
import { createLogger, type LogLevel } from '../../../lib/base/log.js';
import type { JournalEntry } from '../../../lib/journal/recorder.js';
import { systemDelay, type Delay } from '../../../lib/microsoft/deadline.js';
import type { CertificateState } from '../../../lib/store/states.js';
import type { Told } from '../../support/alert.js';
import { VECTORS } from '../../support/vectors.js';

/** Domains whose names the CA gives to no device. */
const PROTECTED_DOMAINS = ['corp.example'];

export const START: Date = new Date('2026-06-01T08:00:00Z');

/** RSA-2048 keys of devices that nobody has. */
const KEYS: readonly KeyObject[] = ['ok-nonce8', 'ok-tid-slash', 'bad-challenge', 'bad-sig'].map((name) =>
  createPrivateKey(readFileSync(join(VECTORS, 'f-synthetic', `${name}.key.pem`))),
);

export interface AddedDevice {
  readonly client: WindowsClient;
  readonly deviceId: string;
  readonly profileId: string;
}

export interface World {
  readonly simulator: IntuneSimulator;
  /** Fresh for every test. */
  readonly ca: InProcessCa;
  /** What the CA logged in this test, every level: with it, and as `level line`. */
  readonly log: Told['log'];
  readonly lines: readonly string[];
  readonly journal: readonly JournalEntry[];
  /** Moments at which Intune's client waited before another attempt, in milliseconds of its wait. */
  readonly waits: readonly number[];
  readonly addDevice: (
    changes?: Partial<ScepProfile>,
    options?: Partial<WindowsClientOptions>,
  ) => AddedDevice;
  /** Enrolls, and syncs once more so that Intune sees it. */
  readonly enroll: (client: WindowsClient) => Promise<void>;
  /** What was decided in the device's last sync, and why. */
  readonly decisions: (client: WindowsClient) => readonly string[] | undefined;
  /** What Intune was told of. */
  readonly recorded: (client: WindowsClient) => readonly IssuedCertificate[];
  readonly revocations: () => readonly RevocationRequest[];
  /** States of all rows in the CA's store. */
  readonly states: () => readonly CertificateState[];
}

/** Long waits are time limits and stay real; short ones are back-offs and only move the clock. */
const LIMIT_MS = 5000;

export function useWorld(): () => World {
  let simulator: IntuneSimulator | undefined;
  let world: World | undefined;
  beforeAll(async () => {
    simulator = await startIntuneSimulator({ seed: emptySeed() });
  });
  beforeEach(async () => {
    if (!simulator) throw new Error('the simulator is not up');
    simulator.faults.clear();
    await resetState(simulator.state, emptySeed());
    simulator.clock.freeze(START);
    world = await createWorld(simulator);
  });
  afterAll(() => simulator?.close());
  return () => {
    if (!world) throw new Error('ask within a test');
    return world;
  };
}

/** The tenant alone: each test adds its devices and profiles. */
function emptySeed(): ReturnType<typeof defaultSeed> {
  return { ...defaultSeed(), devices: [], profiles: [], assignments: [] };
}

async function createWorld(simulator: IntuneSimulator): Promise<World> {
  const { state, clock } = simulator;
  const log: { readonly level: LogLevel; readonly line: string }[] = [];
  const lines: string[] = [];
  const journal: JournalEntry[] = [];
  const waits: number[] = [];
  const delay: Delay = (ms, signal) => {
    if (ms > LIMIT_MS) return systemDelay(ms, signal);
    waits.push(ms);
    clock.advance(ms);
    return Promise.resolve();
  };
  const ca = await createInProcessCa({
    simulator,
    delay,
    profile: { protectedDomains: PROTECTED_DOMAINS },
    logger: createLogger((level, line) => {
      log.push({ level, line });
      lines.push(`${level} ${line}`);
    }, 'debug'),
    onJournal: (entry) => journal.push(entry),
  });
  let keysTaken = 0;
  return {
    simulator,
    ca,
    log,
    lines,
    journal,
    waits,
    addDevice(changes = {}, options = {}) {
      const deviceId = randomUUID();
      const profileId = randomUUID();
      state.devices.set(deviceId, {
        ...structuredClone(DEVICE_DEFAULTS),
        id: deviceId,
        tenantId: SEED_IDS.tenant,
        entraId: randomUUID(),
        name: 'DESKTOP-TEST',
        userId: SEED_IDS.user,
      });
      state.profiles.set(profileId, {
        ...PROFILE_DEFAULTS,
        serverUrls: [ca.scepUrl],
        caThumbprint: ca.caThumbprint,
        ...changes,
        id: profileId,
        tenantId: SEED_IDS.tenant,
      });
      state.assignments.set(profileId, {
        id: profileId,
        profileId,
        target: 'device',
        targetId: deviceId,
        excludedDeviceIds: [],
        assignedAt: clock.now().toISOString(),
      });
      const client = createWindowsClient({
        deviceId,
        simulatorUrl: simulator.url,
        exchange: simulator.dm.exchange,
        fetch: ca.fetch,
        clock,
        sleep: (delayMs) => {
          clock.advance(delayMs);
          return Promise.resolve();
        },
        keys: () => Promise.resolve(nextKey()),
        ...options,
      });
      return { client, deviceId, profileId };
    },
    async enroll(client) {
      await client.sync();
      expect(await client.runTasks()).toMatchObject([{ status: 1 }]);
      await client.sync();
    },
    decisions: (client) =>
      simulator.dm.lastSession(client.deviceId)?.decisions.map(({ action, reason }) => `${action} ${reason}`),
    recorded: (client) => state.deviceCertificates.get(client.deviceId) ?? [],
    revocations: () => [...state.revocations.values()],
    states: () => [...ca.store.records.values()].map((record) => record.state),
  };

  /** Another one each time, in turn. */
  function nextKey(): KeyObject {
    const key = KEYS[keysTaken++ % KEYS.length];
    if (!key) throw new Error('no key');
    return key;
  }
}
