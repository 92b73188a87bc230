/**
 * @module The loop: mutate, execute, and keep what reached something new.
 *
 * The counters of coverage make code many times as slow, so a part of the executions is guided by them and builds the
 * corpus; the rest works on that corpus at full speed.
 */
import { createHash } from 'node:crypto';
import { createDice } from '../../dev/fleet/dice.js';
import { startCoverage, type Coverage } from './coverage.js';
import { compare, execute, type Tally } from './execute.js';
import { createFindings, type Finding } from './findings.js';
import { measureMemory } from './memory.js';
import { mutate } from './mutator.js';
import { readWithProgram } from './program.js';
import type { Target } from './target.js';

export interface FuzzOptions {
  readonly runs: number;
  /** How many of them are guided by coverage. */
  readonly guided: number;
  readonly seed: number;
  /** Inputs to put before openssl, at most. */
  readonly programRuns: number;
  readonly progress: (done: number, corpus: number) => void;
}

export interface FuzzResult {
  readonly target: string;
  readonly executions: number;
  readonly accepted: number;
  /** Inputs that reached something new, the seeds among them. */
  readonly corpus: number;
  /** Functions of lib/ that the corpus reaches. */
  readonly functions: number;
  /** The share of their source that it reaches. */
  readonly percent: number;
  /** Executions that another reader was asked about, by its name. */
  readonly compared: Readonly<Record<string, number>>;
  /** Differences of the table, and how often they were met. */
  readonly differences: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** MiB of heap and buffers between the first tenth and the end. */
  readonly memoryGrowthMiB: number;
  /** SHA-256 over all inputs, shortened: the same seed, the same runs, the same digest. */
  readonly digest: string;
  readonly findings: readonly Finding[];
}

/** Coverage is looked at once a batch: a look costs as much as some hundred executions of a reader. */
const BATCH = 256;
const MAX_CORPUS = 4000;
const MEMORY_LIMIT_MIB = 64;

export async function fuzz(target: Target, bundle: string, options: FuzzOptions): Promise<FuzzResult> {
  const { runs, seed, progress } = options;
  const { batch: batchSize = BATCH } = target;
  const started = performance.now();
  const dice = createDice(seed);
  const findings = createFindings(target.name);
  const corpus = [...target.seeds()];
  const digest = createHash('sha256');
  const compared = new Map<string, number>();
  const tally: Tally = new Map();
  let executions = 0;
  let accepted = 0;
  let memoryAtStart: number | undefined;

  async function once(input: Uint8Array): Promise<void> {
    executions++;
    digest.update(input);
    const verdict = await execute(target, input, findings, executions > options.guided);
    if (!verdict) return;
    if (verdict.accepted) accepted++;
    for (const { name, every, read } of target.references ?? []) {
      if (executions % every !== 0) continue;
      compared.set(name, (compared.get(name) ?? 0) + 1);
      compare(target, name, input, verdict, read(input), findings, tally);
    }
  }

  async function runBatch(size: number): Promise<readonly Uint8Array[]> {
    const batch = Array.from({ length: size }, () => mutate(target, corpus, dice));
    for (const input of batch) await once(input);
    if (executions >= runs / 10) memoryAtStart ??= await measureMemory();
    progress(executions, corpus.length);
    return batch;
  }

  /** Which inputs of a batch it was that reached something new: halves of it, and halves of those. */
  async function attribute(coverage: Coverage, batch: readonly Uint8Array[]): Promise<void> {
    const [only] = batch;
    if (only && batch.length === 1) {
      await execute(target, only, findings, false);
      if (coverage.keep()) corpus.push(only);
      return;
    }
    const middle = batch.length >> 1;
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      for (const input of half) await execute(target, input, findings, false);
      if (coverage.look()) await attribute(coverage, half);
    }
  }

  const coverage = startCoverage(bundle);
  for (const input of corpus.slice(0, runs)) await once(input);
  coverage.keep();
  while (executions < options.guided) {
    const batch = await runBatch(Math.min(batchSize, options.guided - executions));
    if (coverage.look() && corpus.length < MAX_CORPUS) await attribute(coverage, batch);
  }
  const reached = coverage.summary();
  coverage.stop();
  while (executions < runs) await runBatch(Math.min(batchSize, runs - executions));

  const end = await measureMemory();
  const growth = end - (memoryAtStart ?? end);
  if (growth > MEMORY_LIMIT_MIB)
    findings.add('memory', `${Math.round(growth)} MiB more than before`, new Uint8Array());
  if (target.program) {
    const sample = options.programRuns === 0 ? [] : corpus.slice(-options.programRuns);
    for (const input of sample) {
      const verdict = await execute(target, input, findings, false);
      if (!verdict) continue;
      compared.set('openssl', (compared.get('openssl') ?? 0) + 1);
      compare(target, 'openssl', input, verdict, readWithProgram(target.program, input), findings, tally);
    }
  }
  return {
    target: target.name,
    executions,
    accepted,
    corpus: corpus.length,
    ...reached,
    compared: Object.fromEntries(compared),
    differences: Object.fromEntries(tally),
    seconds: Math.round((performance.now() - started) / 100) / 10,
    memoryGrowthMiB: Math.round(growth * 10) / 10,
    digest: digest.digest('hex').slice(0, 16),
    findings: findings.list,
  };
}
