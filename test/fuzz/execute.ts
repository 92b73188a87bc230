/** @module One execution: the target runs on one input, and whatever goes wrong becomes a finding. */
import { findDifference } from './differences.js';
import type { Findings } from './findings.js';
import { Broken, type Target, type Verdict } from './target.js';

/** For one message of up to 64 kB. */
const LIMIT_MS = 50;
/** A machine that others use too, or a garbage collection, makes a single time mean little. */
const ATTEMPTS = 12;

/**
 * @param timed whether its time counts: with the counters of coverage on, all code is slow.
 * @returns nothing when the target broke.
 */
export async function execute(
  target: Target,
  input: Uint8Array,
  findings: Findings,
  timed: boolean,
): Promise<Verdict | undefined> {
  const started = performance.now();
  let verdict: Verdict;
  try {
    const running = target.run(input);
    verdict = running instanceof Promise ? await running : running;
  } catch (thrown) {
    const kind = thrown instanceof Broken ? 'broken' : 'crash';
    findings.add(kind, await describeFailure(target, input), input);
    return undefined;
  }
  if (timed && performance.now() - started > LIMIT_MS) await confirmSlow(target, input, findings);
  return verdict;
}

/** Refusals are exceptions, and most mutants are refused: without their stacks, fuzzing is several times as fast. */
Error.stackTraceLimit = 0;
const STACK = 12;

async function describeFailure(target: Target, input: Uint8Array): Promise<string> {
  Error.stackTraceLimit = STACK;
  try {
    await target.run(input);
    return 'it did not happen again';
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  } finally {
    Error.stackTraceLimit = 0;
  }
}

/** CPU time counts, and the shortest of several. */
async function confirmSlow(target: Target, input: Uint8Array, findings: Findings): Promise<void> {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least > LIMIT_MS; attempt++) {
    const before = process.cpuUsage();
    await target.run(input);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  if (least > LIMIT_MS) findings.add('slow', `${Math.round(least)} ms of CPU time`, input);
}

/** How often each listed difference was met. */
export type Tally = Map<string, number>;

export function compare(
  target: Target,
  name: string,
  input: Uint8Array,
  ours: Verdict,
  theirs: Verdict,
  findings: Findings,
  tally: Tally,
): void {
  if (ours.accepted === theirs.accepted) return;
  const row = findDifference(target.name, name, ours, theirs);
  if (row) tally.set(row.what, (tally.get(row.what) ?? 0) + 1);
  else {
    const who = ours.accepted
      ? `we accept, ${name} does not: ${theirs.reason}`
      : `${name} accepts, we do not: ${ours.reason}`;
    findings.add('difference', who, input);
  }
}
