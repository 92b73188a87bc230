/** A small fleet, whole: the Intune simulator, Windows devices and the real SCEP handlers, in virtual time. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { runFleet, type FleetReport } from '../../../dev/fleet/run.js';
import { runCommand } from '../../support/run-command.js';

const OPTIONS = { devices: 12, days: 400, thresholdPercent: 20, jitterPercent: 0, seed: 3 };
/** A year, less a fifth of it. */
const DUE_AFTER_DAYS = 292;
/** The roll-out, the longest absence, and a week between the syncs of a device that nothing is asked of. */
const SPREAD_DAYS = 30 + 30 + 7;

describe('a fleet over 400 days', () => {
  let report: FleetReport | undefined;
  let daysSeen = 0;
  const fleet = (): FleetReport => report ?? expect.fail('the fleet did not run');

  beforeAll(async () => {
    report = await runFleet(OPTIONS, (done) => (daysSeen = done));
  });

  it('enrolls every device once, renews every certificate once, and loses none', () => {
    const { enrollments, renewals, failures, lapses, certificates } = fleet();
    expect({ enrollments, renewals, failures, lapses, certificates }).toEqual({
      enrollments: OPTIONS.devices,
      renewals: OPTIONS.devices,
      failures: [],
      lapses: [],
      certificates: 2 * OPTIONS.devices,
    });
    expect(daysSeen).toBe(OPTIONS.days);
  });

  it('renews at 80 % of the life, never before', () => {
    const { renewalsByDay } = fleet();
    const days = renewalsByDay.flatMap((count, day) => (count > 0 ? [day] : []));
    expect(Math.min(...days)).toBeGreaterThanOrEqual(DUE_AFTER_DAYS);
    expect(Math.max(...days)).toBeLessThanOrEqual(DUE_AFTER_DAYS + SPREAD_DAYS);
  });
});

it('a threshold that leaves less time than holidays take lets certificates lapse, and the report names them', async () => {
  const report = await runFleet({ ...OPTIONS, devices: 40, days: 420, thresholdPercent: 1 });
  expect(report.lapses.length).toBeGreaterThan(0);
  for (const { day, deviceId, daysWithout } of report.lapses) {
    expect(day).toBeGreaterThanOrEqual(365);
    expect(deviceId).toMatch(/^5ce90000-f1ee-/);
    expect(daysWithout === null || daysWithout >= 0).toBe(true);
  }
});

describe('npm run fleet', () => {
  const run = (...args: string[]) =>
    runCommand('node', [join(projectRoot(), 'dist', 'dev', 'fleet.js'), ...args], {
      env: { NO_COLOR: '1' },
    });

  it('prints the report as JSON', async () => {
    const { status, stdout } = await run('--devices', '2', '--days', '31', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ devices: 2, days: 31, enrollments: 2, renewals: 0 });
  });

  it('says what it does not understand, and how it is called', async () => {
    const { status, output } = await run('--devices', 'many');
    expect(status).toBe(2);
    expect(output).toContain('npm run fleet -- [options]');
    expect(output).toContain('--devices wants a whole number from 1 to 100000');
  });
});
