/** @module The command line of `npm run bench`, and how much of everything it does. */
import { parseArgs } from 'node:util';

export interface BenchPlan {
  readonly keys: number;
  /** Enrollments before the first that counts. */
  readonly warmUp: number;
  readonly rounds: number;
  readonly floorRounds: number;
  readonly floorWarmUp: number;
  readonly ocspRequests: number;
  /** After which the memory is looked at. */
  readonly enrollments: number;
  readonly starts: number;
  /** Rows of the big store. */
  readonly certificates: number;
}

const FULL: BenchPlan = {
  keys: 200,
  warmUp: 8000,
  rounds: 5,
  floorRounds: 60,
  floorWarmUp: 60,
  ocspRequests: 1000,
  enrollments: 10_000,
  starts: 41,
  certificates: 100_000,
};

const QUICK: BenchPlan = {
  keys: 60,
  warmUp: 2400,
  rounds: 3,
  floorRounds: 40,
  floorWarmUp: 60,
  ocspRequests: 300,
  enrollments: 3000,
  starts: 9,
  certificates: 5000,
};

export const PARTS = [
  'enrollments',
  'floor',
  'ocsp',
  'startUp',
  'instance',
  'store',
  'roundTrips',
  'wholePath',
] as const;

export type Part = (typeof PARTS)[number];

export interface BenchCommand {
  readonly plan: BenchPlan;
  readonly quick: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly parts: ReadonlySet<Part>;
  /** A report whose parts are kept where they are not measured again. */
  readonly earlier: string | undefined;
  /** PEM file of RSA keys to prepare the requests with. */
  readonly keyFile: string | undefined;
  readonly positionals: readonly string[];
}

export const USAGE = `npm run bench -- [options]

  --quick          a few minutes: fewer rounds, a smaller store; step-ca only where it is built already
  --json           the numbers alone
  --only PARTS     some of ${PARTS.join(', ')}; joined by commas
  --with REPORT    take the parts that are not measured now from an earlier report (JSON) of this machine
  --keys FILE      prepare the requests with these RSA keys (PKCS#8, PEM); missing ones are made and added
  --count N        how many keys, and so requests

npm run bench -- serve FOLDER
  The server that is measured, alone, for a load of your own. It prints its address; FOLDER gets the CA's files.
`;

/** @throws {RangeError} for a value out of its range, {TypeError} for an option that does not exist. */
export function parseBenchCommand(args: readonly string[]): BenchCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      with: { type: 'string' },
      only: { type: 'string', default: PARTS.join(',') },
      keys: { type: 'string' },
      count: { type: 'string' },
    },
  });
  const plan = values.quick ? QUICK : FULL;
  const count = values.count === undefined ? plan.keys : Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > 10_000) throw new RangeError('--count is 1 to 10000');
  const parts = values.only.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (!part) throw new RangeError(`--only knows ${PARTS.join(', ')}, not ${name}`);
    return part;
  });
  return {
    plan: { ...plan, keys: count },
    quick: values.quick,
    json: values.json,
    help: values.help,
    parts: new Set(parts),
    earlier: values.with,
    keyFile: values.keys,
    positionals,
  };
}
