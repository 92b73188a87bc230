/**
 * @module The matrix: steps of the path × kinds of fault. Fleets of Windows devices enroll while a step fails, and in
 * the end each has exactly one certificate that is good, of which the store, Intune and the device say the same.
 *
 * SKEP_FAULTS_ENROLLMENTS sets the devices of a cell.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyObject } from 'node:crypto';
import { HOUR_MS } from '../../../lib/base/clock.js';
import { createDeviceLine } from './device-line.js';
import { ATTEMPTS, createDevice, createKeyPool, enrollFleet } from './fleet.js';
import { judge, type Verdict } from './judge.js';
import type { Step } from './steps.js';
import { createStrike, FAULTS, type FaultName, type StrikeReport } from './strikes.js';
import { startWorld, type World, type WorldOptions } from './world.js';

const ENROLLMENTS = Number(process.env['SKEP_FAULTS_ENROLLMENTS'] ?? 200);
/** Of a machine with much else to do: time jumps over what it is late with. */
const LATE_AT_MOST = ENROLLMENTS / 10;
const CELL_LIMIT_MS = 600_000;
/** What was begun and never finished is over by then. */
const AFTERMATH_MS = 3 * HOUR_MS;

interface Row extends Verdict, StrikeReport {
  readonly cell: string;
  readonly devices: number;
  readonly attempts: number;
  /** Devices that needed another challenge… */
  readonly secondSyncs: number;
  /** …and those that had to, since the fault met every attempt with their first. */
  readonly unlucky: number;
  readonly seconds: number;
}

interface Bench {
  readonly world: World;
  readonly keys: readonly KeyObject[];
}

/** To be called once in a file: all its cells share one world. */
export function testFaults(steps: readonly Step[], settings: WorldOptions['settings'] = {}): void {
  let bench: Bench | undefined;
  const ready = (): Bench => {
    if (!bench) throw new Error('the world did not start');
    return bench;
  };
  const rows: Row[] = [];

  beforeAll(async () => {
    const [world, keys] = await Promise.all([startWorld({ settings }), createKeyPool(24)]);
    bench = { world, keys };
  });
  afterAll(async () => {
    await bench?.world.close();
    printTable(rows);
  });

  describe.each(steps)('%s', (step) => {
    // Nobody can know whether an answer arrived. A device that lost it and comes with a new key is refused by default,
    // until its next challenge; with the setting it gets another at once, and the lost one is revoked.
    beforeAll(async () => {
      const { world } = ready();
      await world.server.kill();
      await world.startServer(step === 'deliver' ? { SKEP_CHALLENGE_OTHER_KEY: 'supersede' } : {});
    });

    it.each(FAULTS)('%s', { timeout: CELL_LIMIT_MS }, async (fault) => {
      const row = await runCell(ready(), step, fault);
      rows.push(row);
      process.stdout.write(`${formatRow(row)}\n`);
      expect(row.complaints).toEqual([]);
      expect(row.live).toBe(ENROLLMENTS);
      expect(row.struck).toBeGreaterThan(0);
      expect(row.wrongAnswers).toEqual([]);
      // The server asks again, and recognises what it did.
      expect(row.sentAway).toBeLessThanOrEqual(Math.max(1, LATE_AT_MOST));
      if (!losesSignatures(step, fault)) expect(row.repeated).toBeLessThanOrEqual(LATE_AT_MOST);
      // A failed attempt does not burn the challenge.
      expect(row.secondSyncs).toBeLessThanOrEqual(row.unlucky + LATE_AT_MOST);
    });
  });
}

let devicesMade = 0;

async function runCell({ world, keys }: Bench, step: Step, fault: FaultName): Promise<Row> {
  const started = performance.now();
  await world.moveToQuietTime();
  const line = createDeviceLine();
  const since = world.clock.now();
  const signedBefore = world.signed.length;
  const devices = Array.from({ length: ENROLLMENTS }, (_, i) =>
    createDevice({
      world,
      keys,
      fetch: line.fetch,
      number: ++devicesMade,
      strikes: i % (strikesAtMost(step, fault) + 1),
      key: i % 2 === 0 ? 'same' : 'fresh',
    }),
  );
  const { strike, report } = createStrike(world, line, step, fault);
  await enrollFleet(world, devices, strike);
  // What a timer has under way would run out of time in the jump, and be due again only after it.
  await world.settleTimers();
  await world.moveTime(AFTERMATH_MS);
  await world.settleTimers();
  await world.server.runTimer('timer-crl');
  const verdict = await judge(world, devices, since, world.signed.slice(signedBefore));
  return {
    ...verdict,
    ...report(),
    cell: `${step} × ${fault}`,
    devices: ENROLLMENTS,
    attempts: devices.reduce((sum, device) => sum + device.attempts, 0),
    unlucky: devices.filter(({ strikes }) => strikes >= ATTEMPTS).length,
    secondSyncs: devices.filter(({ syncs }) => syncs > 1).length,
    seconds: (performance.now() - started) / 1000,
  };
}

/**
 * Beyond the three attempts of a challenge, into the next one. Only where the answer itself is lost, the third attempt
 * must get it: a certificate whose every answer was lost looks delivered for ever.
 */
function strikesAtMost(step: Step, fault: FaultName): number {
  const answerLost = step === 'deliver' && (fault === 'reply lost' || fault === 'kill');
  return answerLost ? 2 : 4;
}

/** Where the key may have been used and the certificate did not come into the store: it is signed again, the same octets. */
function losesSignatures(step: Step, fault: FaultName): boolean {
  return step === 'sign' || (step === 'record' && fault !== 'reply lost');
}

const COLUMNS: readonly (readonly [title: string, width: number, value: (row: Row) => string | number])[] = [
  ['cell', -23, ({ cell }) => cell],
  ['devices', 8, ({ devices }) => devices],
  ['attempts', 9, ({ attempts }) => attempts],
  ['re-synced', 10, ({ secondSyncs }) => secondSyncs],
  ['struck', 8, ({ struck }) => struck],
  ['kills', 6, ({ kills }) => kills],
  ['signed', 7, ({ signatures }) => signatures],
  ['again', 6, ({ repeated }) => repeated],
  ['live', 6, ({ live }) => live],
  ['abandoned', 10, ({ abandoned }) => abandoned],
  ['revoked', 8, ({ revoked }) => revoked],
  ['wrong', 6, ({ complaints, wrongAnswers }) => complaints.length + wrongAnswers.length],
  ['s', 7, ({ seconds }) => seconds.toFixed(1)],
];

const formatRow = (row: Row): string =>
  COLUMNS.map(([, width, value]) => pad(String(value(row)), width)).join('');

/** @param width negative: to the left. */
const pad = (text: string, width: number): string => (width < 0 ? text.padEnd(-width) : text.padStart(width));

function printTable(table: readonly Row[]): void {
  const head = COLUMNS.map(([title, width]) => pad(title, width)).join('');
  const seconds = table.reduce((sum, row) => sum + row.seconds, 0);
  const total = `${table.length} cells of ${ENROLLMENTS} enrollments in ${seconds.toFixed(0)} s`;
  process.stdout.write(`\n${[head, ...table.map(formatRow), total].join('\n')}\n`);
}
