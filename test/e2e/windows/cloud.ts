/** @module A local cloud in this process, and Windows devices that live on its clock. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  createWindowsClient,
  type WindowsClient,
  type WindowsClientOptions,
} from '../../../dev/devices/omadm/client.js';
import type { ScepProfile } from '../../../dev/intune/model.js';
import { DEVICE_DEFAULTS, SEED_IDS } from '../../../dev/intune/seed.js';
import { startLocalCloud, type LocalCloud } from '../../../dev/local-cloud.js';

export interface TestCloud {
  readonly cloud: () => LocalCloud;
  /** What the app has logged so far. */
  readonly lines: readonly string[];
  /** Enrolls a device in Intune, with a profile of its own. */
  readonly addDevice: (
    changes?: Partial<ScepProfile>,
    options?: Partial<WindowsClientOptions>,
  ) => { readonly client: WindowsClient; readonly profileId: string };
}

/** Every test begins in real time. */
export function useCloud(environment: Readonly<Record<string, string>> = {}): TestCloud {
  let cloud: LocalCloud | undefined;
  let dataDir = '';
  const lines: string[] = [];
  const get = (): LocalCloud => {
    if (!cloud) throw new Error('ask within a test or a hook');
    return cloud;
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'skep-windows-'));
    cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir,
      environment: { ...process.env, SKEP_LOG_LEVEL: 'debug', ...environment },
      log: ({ message }) => lines.push(message),
    });
  });
  beforeEach(() => {
    get().simulator.clock.reset();
  });
  afterAll(async () => {
    await cloud?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    cloud: get,
    lines,
    addDevice(changes = {}, options = {}) {
      const { state, clock, url } = get().simulator;
      const deviceId = randomUUID();
      const profileId = randomUUID();
      const seeded = state.profiles.get(SEED_IDS.profile);
      if (!seeded) throw new Error('the seed has no profile');
      state.devices.set(deviceId, {
        ...structuredClone(DEVICE_DEFAULTS),
        id: deviceId,
        tenantId: SEED_IDS.tenant,
        entraId: randomUUID(),
        name: 'DESKTOP-TEST',
        userId: SEED_IDS.user,
      });
      state.profiles.set(profileId, { ...seeded, ...changes, id: profileId });
      const id = randomUUID();
      state.assignments.set(id, {
        id,
        profileId,
        target: 'device',
        targetId: deviceId,
        excludedDeviceIds: [],
        assignedAt: clock.now().toISOString(),
      });
      const client = createWindowsClient({
        deviceId,
        simulatorUrl: url,
        clock,
        sleep: (delayMs) => {
          clock.advance(delayMs);
          return Promise.resolve();
        },
        ...options,
      });
      return { client, profileId };
    },
  };
}
