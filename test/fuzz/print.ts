/** @module What people see of a run. */
import type { FuzzResult } from './fuzz.js';

const EVERY_MS = 200;

/** One line that is written over; only where a person looks on. */
export function printProgress(target: string, runs: number): (done: number, corpus: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => undefined;
  let last = 0;
  return (done, corpus) => {
    const now = performance.now();
    if (now - last < EVERY_MS && done < runs) return;
    last = now;
    const line = `${target}: ${done} of ${runs}, ${corpus} inputs`;
    stderr.write(done < runs ? `\r\x1b[K${line}` : '\r\x1b[K');
  };
}

export function describeResult(result: FuzzResult): string {
  const { target, executions, seconds, findings } = result;
  const lines = [
    `${target}: ${executions} executions in ${seconds} s, ${result.accepted} accepted; ${result.corpus} inputs reach ${result.percent} % of ${result.functions} functions; memory ${result.memoryGrowthMiB} MiB more; digest ${result.digest}`,
    ...Object.entries(result.compared).map(([name, count]) => `  ${name} read ${count} of them too`),
    ...Object.entries(result.differences).map(([why, count]) => `  ${count} times a difference: ${why}`),
    ...findings.map(
      ({ kind, detail, id }) => `  ${kind.toUpperCase()} out/fuzz/${target}-${id}.bin: ${detail}`,
    ),
  ];
  return lines.join('\n');
}
