/** @module Windows devices in lockstep: each minute all those that have no certificate try again, as dmcertinst does. */
import type { KeyObject } from 'node:crypto';
import { installNodes } from '../../../dev/devices/atomic.js';
import type { KeySource } from '../../../dev/devices/key-providers.js';
import { parseScepNodes, type ScepSettings } from '../../../dev/devices/scep-settings.js';
import { createWindowsDevice, type WindowsDevice } from '../../../dev/devices/windows.js';
import { DEVICE_DEFAULTS, SEED_IDS } from '../../../dev/intune/seed.js';
import { generateRsaKey, type Certificate, type Fetch } from '../../../dev/scep-client/index.js';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import type { World } from './world.js';

/** Attempts that dmcertinst makes with one challenge, a minute apart. */
export const ATTEMPTS = 3;
/** Until Intune and the device speak again. */
const SYNC_AFTER_MS = 4 * MINUTE_MS;
/** A device that has not succeeded by then never will. */
const MAX_SYNCS = 4;
/** Devices that ask side by side; below what one instance takes (`SKEP_MAX_CONCURRENT`). */
export const WAVE = 30;

/** Whether each attempt has the key of the first, or a key of its own. */
type KeyUse = 'same' | 'fresh';

export interface Device {
  readonly id: string;
  /** How many of its attempts, from the first on, meet the fault. */
  readonly strikes: number;
  readonly key: KeyUse;
  readonly windows: WindowsDevice;
  /** What signed refusals said: of a genuine request there is to be none. */
  readonly refusals: readonly string[];
  attempts: number;
  syncs: number;
  /** From the latest sync, with its challenge. */
  settings?: ScepSettings;
  certificate?: Certificate;
}

/** Lets these devices try once, under the fault of the cell. */
export type Strike = (devices: readonly Device[]) => Promise<void>;

/** Keys are slow to make, and which one a device has matters only to itself. */
export async function createKeyPool(size: number): Promise<readonly KeyObject[]> {
  return Promise.all(Array.from({ length: size }, () => generateRsaKey(2048)));
}

export interface DeviceOptions {
  readonly world: World;
  readonly fetch: Fetch;
  readonly keys: readonly KeyObject[];
  /** Unique in the world. */
  readonly number: number;
  readonly strikes: number;
  readonly key: KeyUse;
}

export function createDevice({ world, fetch, keys, number, strikes, key }: DeviceOptions): Device {
  const id = `5ce90000-de71-4000-9000-${number.toString(16).padStart(12, '0')}`;
  world.simulator.state.devices.set(id, {
    ...DEVICE_DEFAULTS,
    id,
    tenantId: SEED_IDS.tenant,
    entraId: id.replace('de71', 'e474'),
    name: `DESKTOP-${number}`,
    csp: {},
    nodeCache: { version: 0, nodes: {} },
  });
  const keyOf = (turn: number): KeyObject => keys[turn % keys.length] as KeyObject;
  let turns = 0;
  const freshKeys: KeySource = () => Promise.resolve(keyOf(number + turns++));
  const refusals: string[] = [];
  const windows = createWindowsDevice({
    fetch,
    onEvent: (event) => {
      if (event.type !== 'answer' || event.pkiStatus !== 'FAILURE') return;
      refusals.push(`${event.failInfo ?? ''} ${event.failInfoText ?? ''}`.trim());
    },
    clock: world.clock,
    sleep: () => Promise.resolve(),
    ...(key === 'same' ? { key: keyOf(number) } : { keys: freshKeys }),
  });
  return { id, strikes, key, windows, refusals, attempts: 0, syncs: 0 };
}

/** Runs until every device has its certificate. @throws {Error} when some never get one. */
export async function enrollFleet(world: World, devices: readonly Device[], strike: Strike): Promise<void> {
  const waiting = () => devices.filter(({ certificate }) => !certificate);
  for (let syncs = 0; waiting().length > 0; syncs++) {
    if (syncs === MAX_SYNCS) throw new Error(`${waiting().length} devices have no certificate`);
    if (syncs > 0) await world.moveTime(SYNC_AFTER_MS).then(() => world.settleTimers());
    for (const device of waiting()) await sync(world, device);
    for (let turn = 0; turn < ATTEMPTS && waiting().length > 0; turn++) {
      if (turn > 0) await world.moveTime(MINUTE_MS);
      const struck = waiting().filter((device) => device.attempts < device.strikes);
      const spared = waiting().filter((device) => device.attempts >= device.strikes);
      for (const wave of wavesOf(struck)) await strike(wave);
      for (const wave of wavesOf(spared)) await Promise.all(wave.map(attempt));
    }
  }
}

/** Never throws: what a server does wrong is the device's result. */
export async function attempt(device: Device): Promise<void> {
  const { settings, windows } = device;
  if (!settings) throw new Error('a device that was never synced cannot enroll');
  device.attempts += 1;
  const { certificate } = await windows.attempt(settings, ((device.attempts - 1) % ATTEMPTS) + 1);
  if (certificate) device.certificate = certificate;
}

/** The device says that it has nothing; Intune answers with the profile and a new challenge. */
export async function sync({ simulator }: World, device: Device): Promise<void> {
  const { commands } = await simulator.syncDevice(device.id, {});
  const request = commands.find((command) => command.verb === 'Atomic');
  if (request?.verb !== 'Atomic') throw new Error('Intune asked for no certificate');
  device.settings = parseScepNodes(installNodes(request.commands));
  device.syncs += 1;
}

function wavesOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / WAVE) }, (_, i) =>
    items.slice(i * WAVE, (i + 1) * WAVE),
  );
}
