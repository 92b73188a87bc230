/** @module The command line of `npm run fleet`. */
import { parseArgs } from 'node:util';

export interface FleetOptions {
  readonly devices: number;
  /** Virtual days. */
  readonly days: number;
  /** Percent of the lifetime that remains when Intune renews. */
  readonly thresholdPercent: number;
  /** Percent by which the CA may bring the end of a certificate forward. */
  readonly jitterPercent: number;
  readonly seed: number;
}

export interface FleetCommand extends FleetOptions {
  readonly json: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run fleet -- [options]

  --devices N      default 1000
  --days N         virtual days; default 400
  --threshold P    percent of life left at which Intune renews, 1 to 99; default 20
  --jitter P       percent by which the CA spreads the ends of certificates, 0 to 50; default 0
  --seed N         of chance: the same seed, the same fleet; default 1
  --json           the result as JSON
`;

/** @throws {RangeError} for a number out of its range, {TypeError} for an option that does not exist. */
export function parseFleetCommand(args: readonly string[]): FleetCommand {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '1000' },
      days: { type: 'string', default: '400' },
      threshold: { type: 'string', default: '20' },
      jitter: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    devices: parseCount('devices', values.devices, 1, 100_000),
    days: parseCount('days', values.days, 1, 3650),
    thresholdPercent: parseCount('threshold', values.threshold, 1, 99),
    jitterPercent: parseCount('jitter', values.jitter, 0, 50),
    seed: parseCount('seed', values.seed, 0, 2 ** 32 - 1),
    json: values.json,
    help: values.help,
  };
}

function parseCount(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new RangeError(`--${name} wants a whole number from ${least} to ${most}`);
  return value;
}
