/**
 * @module A fleet in virtual time: Windows devices that sync with the Intune simulator and enroll at the real SCEP
 * handlers, day after day, on one clock.
 *
 * Windows syncs every eight hours. One sync a day decides the same, at most a day later; and a device that Intune
 * found healthy more than a fortnight before anything can be due is not asked again until then, but for once a week.
 */
import type { KeyObject } from 'node:crypto';
import { DAY_MS } from '../../lib/base/clock.js';
import { STATUS, type InstallResult } from '../devices/windows.js';
import { createWindowsClient, type WindowsClient } from '../devices/omadm/client.js';
import { createInProcessCa, type InProcessCa } from '../in-process-ca.js';
import { DEVICE_DEFAULTS, defaultSeed, SEED_IDS } from '../intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../intune/server.js';
import { generateRsaKey } from '../scep-client/index.js';
import { createCalendar, type Calendar } from './calendar.js';
import { createDice } from './dice.js';
import type { FleetOptions } from './options.js';

export interface Failure {
  readonly day: number;
  readonly deviceId: string;
  /** HRESULT, unsigned; 0 when Intune refused the session. */
  readonly errorCode: number;
}

export interface Lapse {
  /** The day on which the certificate ended without another. */
  readonly day: number;
  readonly deviceId: string;
  /** Days until the next one; null when none came while the fleet ran. */
  readonly daysWithout: number | null;
}

export interface FleetReport {
  readonly enrollments: number;
  /** How many on each day, from day 0. */
  readonly renewalsByDay: readonly number[];
  readonly renewals: number;
  readonly failures: readonly Failure[];
  readonly lapses: readonly Lapse[];
  readonly syncs: number;
  /** Of the CA, in any state. */
  readonly certificates: number;
}

interface Member {
  readonly client: WindowsClient;
  readonly calendar: Calendar;
  /** End of its newest certificate; undefined before the first. */
  validUntil?: number;
  /** The day from which it has none. */
  lapsedOn?: number;
  /** Until this day Intune has nothing to decide. */
  idleUntil: number;
}

/** RSA keys that the devices take in turn, each renewal another: making thousands would measure nothing else. */
const KEY_POOL = 16;
const START = new Date('2026-01-05T00:00:00Z');
const IDLE_SYNC_DAYS = 7;
const WATCH_DAYS = 14;

/** @param onDay is told how many days are over. */
export async function runFleet(
  options: FleetOptions,
  onDay: (done: number) => void = () => undefined,
): Promise<FleetReport> {
  const simulator = await startIntuneSimulator({ seed: fleetSeed(options), control: false });
  try {
    simulator.clock.freeze(START);
    const dice = createDice(options.seed);
    const ca = await createInProcessCa({
      simulator,
      random: dice.bytes,
      profile: { jitterPercent: options.jitterPercent },
    });
    const keys = await Promise.all(Array.from({ length: KEY_POOL }, () => generateRsaKey()));
    const calendarDice = createDice(options.seed + 1);
    const members = [...simulator.state.devices.keys()].map((deviceId, index): Member => ({
      client: createClient(simulator, ca, deviceId, (number) => keys[(index + number) % KEY_POOL]),
      calendar: createCalendar(calendarDice, options.days),
      idleUntil: 0,
    }));
    members.sort((a, b) => a.calendar.hourMs - b.calendar.hourMs);
    return await live(options, { simulator, ca, members }, onDay);
  } finally {
    await simulator.close();
  }
}

interface Fleet {
  readonly simulator: IntuneSimulator;
  readonly ca: InProcessCa;
  readonly members: readonly Member[];
}

async function live(
  { days, thresholdPercent }: FleetOptions,
  { simulator, ca, members }: Fleet,
  onDay: (done: number) => void,
): Promise<FleetReport> {
  const { clock } = simulator;
  const renewalsByDay = Array.from({ length: days }, () => 0);
  const failures: Failure[] = [];
  const lapses: Lapse[] = [];
  let enrollments = 0;
  let syncs = 0;

  const endLapse = (member: Member, day: number | null): void => {
    if (member.lapsedOn === undefined) return;
    const daysWithout = day === null ? null : day - member.lapsedOn;
    lapses.push({ day: member.lapsedOn, deviceId: member.client.deviceId, daysWithout });
    delete member.lapsedOn;
  };

  const settle = (member: Member, day: number, { status, errorCode, certificate }: InstallResult): void => {
    const { deviceId } = member.client;
    if (status !== STATUS.success || !certificate) {
      failures.push({ day, deviceId, errorCode });
      return;
    }
    if (member.validUntil === undefined) enrollments++;
    else renewalsByDay[day] = (renewalsByDay[day] ?? 0) + 1;
    endLapse(member, day);
    member.validUntil = certificate.notAfter.getTime();
    const lifeMs = member.validUntil - clock.now().getTime();
    const dueDay = day + Math.floor((lifeMs * (1 - thresholdPercent / 100)) / DAY_MS);
    member.idleUntil = dueDay - WATCH_DAYS;
  };

  const spend = async (member: Member, day: number): Promise<void> => {
    const at = START.getTime() + day * DAY_MS + member.calendar.hourMs;
    if (at > clock.now().getTime()) clock.freeze(new Date(at));
    if (member.validUntil !== undefined && member.lapsedOn === undefined && member.validUntil <= at)
      member.lapsedOn = Math.floor((member.validUntil - START.getTime()) / DAY_MS);
    if (!member.calendar.present.has(day)) return;
    if (day < member.idleUntil && day % IDLE_SYNC_DAYS !== 0) return;
    syncs++;
    const { accepted } = await member.client.sync();
    if (!accepted) failures.push({ day, deviceId: member.client.deviceId, errorCode: 0 });
    for (const result of await member.client.runTasks()) settle(member, day, result);
  };

  for (let day = 0; day < days; day++) {
    for (const member of members) await spend(member, day);
    onDay(day + 1);
  }
  for (const member of members) endLapse(member, null);
  return {
    enrollments,
    renewalsByDay,
    renewals: renewalsByDay.reduce((sum, count) => sum + count, 0),
    failures,
    lapses,
    syncs,
    certificates: ca.store.records.size,
  };
}

function createClient(
  simulator: IntuneSimulator,
  ca: InProcessCa,
  deviceId: string,
  keyOf: (number: number) => KeyObject | undefined,
): WindowsClient {
  const { clock } = simulator;
  let keysTaken = 0;
  return createWindowsClient({
    deviceId,
    simulatorUrl: simulator.url,
    exchange: simulator.dm.exchange,
    fetch: ca.fetch,
    clock,
    sleep: (delayMs) => {
      clock.advance(delayMs);
      return Promise.resolve();
    },
    keys: async (modulusBits) => keyOf(keysTaken++) ?? generateRsaKey(modulusBits),
  });
}

/** One profile for all devices, who differ in their ids alone. */
function fleetSeed({ devices, thresholdPercent }: FleetOptions): ReturnType<typeof defaultSeed> {
  const seed = defaultSeed();
  return {
    ...seed,
    profiles: seed.profiles.map((profile) => ({ ...profile, renewalThresholdPercent: thresholdPercent })),
    assignments: seed.assignments.map((assignment) => ({
      ...assignment,
      target: 'allDevices' as const,
      targetId: '',
    })),
    devices: Array.from({ length: devices }, (_, index) => {
      const tail = (index + 1).toString(16).padStart(12, '0');
      return {
        ...structuredClone(DEVICE_DEFAULTS),
        id: `5ce90000-f1ee-4000-8000-${tail}`,
        tenantId: SEED_IDS.tenant,
        entraId: `5ce90000-e474-4000-9000-${tail}`,
        name: `DESKTOP-${String(index + 1).padStart(6, '0')}`,
      };
    }),
  };
}
