/** @module `npm run fuzz`: coverage-guided fuzzing of everything that reads what a stranger sent. `--help` tells the rest. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './findings.js';
import { fuzz, type FuzzResult } from './fuzz.js';
import { parseFuzzCommand, usage } from './options.js';
import { describeResult, printProgress } from './print.js';
import { TARGETS } from './targets.js';

const FOLDER = join('out', 'fuzz');

async function main(args: readonly string[]): Promise<number> {
  let command;
  try {
    command = parseFuzzCommand(args);
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage(TARGETS)}`);
    return 2;
  }
  const { runs, guided, seed, programRuns, json } = command;
  if (command.help) {
    console.log(usage(TARGETS));
    return 0;
  }
  const unknown = command.targets.find((name) => !TARGETS.some((target) => target.name === name));
  if (unknown !== undefined) {
    console.error(`There is no target ${unknown}.\n\n${usage(TARGETS)}`);
    return 2;
  }
  const chosen = TARGETS.filter(({ name }) => command.targets.length === 0 || command.targets.includes(name));
  const results: FuzzResult[] = [];
  for (const target of chosen) {
    const progress = printProgress(target.name, runs);
    const result = await fuzz(target, import.meta.url, { runs, guided, seed, programRuns, progress });
    results.push(result);
    result.findings.forEach(keep);
    if (!json) console.log(describeResult(result));
  }
  if (json) console.log(JSON.stringify(results.map(withoutInputs), null, 2));
  return results.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

function keep({ target, id, input, kind, detail }: Finding): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${target}-${id}.bin`), input);
  writeFileSync(join(FOLDER, `${target}-${id}.txt`), `${kind}\n${detail}\n`);
}

const withoutInputs = ({ findings, ...result }: FuzzResult) => ({
  ...result,
  findings: findings.map(({ kind, detail, id }) => ({ kind, detail, id })),
});

process.exitCode = await main(process.argv.slice(2));
