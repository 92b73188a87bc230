/** @module The command line of `npm run fuzz`. */
import { parseArgs } from 'node:util';

export interface FuzzCommand {
  readonly runs: number;
  /** Executions of each target that coverage guides. */
  readonly guided: number;
  readonly seed: number;
  /** Names; none: all. */
  readonly targets: readonly string[];
  readonly programRuns: number;
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = (
  targets: readonly { readonly name: string; readonly about: string }[],
): string => `npm run fuzz -- [options]

  --runs N          executions of each target; default 20000
  --guided N        how many of them are guided by coverage, which makes them slow; default a tenth
  --target NAME     that one alone; may be given several times
  --seed N          of chance: the same seed, the same inputs; default 1
  --openssl N       inputs of each target's corpus that openssl reads too, at most; default 100
  --json            the results as JSON

Targets:
${targets.map(({ name, about }) => `  ${name.padEnd(16)}  ${about}`).join('\n')}

What breaks a target is kept in out/fuzz/. Exit codes: 0 nothing found, 1 something found, 2 not a command.
`;

/** @throws {RangeError} for a number out of its range, {TypeError} for an option that does not exist. */
export function parseFuzzCommand(args: readonly string[]): FuzzCommand {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '20000' },
      guided: { type: 'string' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string', multiple: true, default: [] },
      openssl: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const runs = parseCount('runs', values.runs, 1, 100_000_000);
  return {
    runs,
    guided:
      values.guided === undefined
        ? Math.ceil(runs / 10)
        : parseCount('guided', values.guided, 0, 100_000_000),
    seed: parseCount('seed', values.seed, 0, 2 ** 32 - 1),
    targets: values.target,
    programRuns: parseCount('openssl', values.openssl, 0, 10_000),
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
