/**
 * @module `npm run capacity`: what a fleet asks for when its certificates fall due, simulated, with the spreading of ends
 * (SKEP_EXPIRY_JITTER_PERCENT) off and on. The same seed gives the same numbers everywhere.
 */
import { parseArgs } from 'node:util';
import { createProgress } from '../../support/progress.js';
import { CALENDAR_NAMES } from './calendars.js';
import { findPeak, type FleetOptions, type RenewalPeak } from './simulate.js';

/** What `docs/measurements/renewals.json` holds. */
export interface RenewalReport {
  readonly fleet: Omit<FleetOptions, 'calendar' | 'jitterPercent'>;
  readonly peaks: readonly RenewalPeak[];
}

const USAGE = `npm run capacity -- [options]

  --devices N      default 1000000
  --days N         default 730: two renewals of a year's certificate
  --jitter LIST    percents, joined by commas; default 0,5,10,20
  --threshold P    percent of life left at which Intune renews; default 20
  --rollout N      days over which the profile is assigned; default 0: at once
  --seed N         of chance; default 1
  --json           the numbers alone
`;

function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '1000000' },
      days: { type: 'string', default: '730' },
      jitter: { type: 'string', default: '0,5,10,20' },
      threshold: { type: 'string', default: '20' },
      rollout: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const fleet = {
    devices: parseCount('devices', values.devices, 1, 10_000_000),
    days: parseCount('days', values.days, 1, 3650),
    thresholdPercent: parseCount('threshold', values.threshold, 1, 99),
    rolloutDays: parseCount('rollout', values.rollout, 0, 365),
    seed: parseCount('seed', values.seed, 0, 2 ** 32 - 1),
  };
  const jitters = values.jitter.split(',').map((text) => parseCount('jitter', text, 0, 50));
  const progress = createProgress(values.json);
  const onPeak = progress.step('Fleets', CALENDAR_NAMES.length * jitters.length);
  const peaks = CALENDAR_NAMES.flatMap((calendar) =>
    jitters.map((jitterPercent) => {
      const peak = findPeak({ ...fleet, calendar, jitterPercent });
      onPeak();
      return peak;
    }),
  );
  progress.end();
  const report: RenewalReport = { fleet, peaks };
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : format(report));
}

function format({ fleet, peaks }: RenewalReport): string {
  const { devices, days, thresholdPercent, rolloutDays } = fleet;
  const row = (cells: readonly (string | number)[]) =>
    `${String(cells[0]).padEnd(18)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(16))
      .join('')}`;
  return `${[
    `${devices} devices, ${days} days, renewal at ${thresholdPercent} % of life, profile assigned within ${rolloutDays} days`,
    '',
    row(['devices are on', 'jitter %', 'peak an hour', 'vault ops/s', 'mean an hour', 'lapsed']),
    ...peaks.map(({ calendar, jitterPercent, peakPerHour, meanPerHour, lapses }) =>
      row([calendar, jitterPercent, peakPerHour, (peakPerHour / 3600).toFixed(2), meanPerHour, lapses]),
    ),
  ].join('\n')}\n`;
}

function parseCount(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new RangeError(`--${name} wants a whole number from ${least} to ${most}`);
  return value;
}

try {
  main(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${USAGE}`);
  process.exitCode = 2;
}
