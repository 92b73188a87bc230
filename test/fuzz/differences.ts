/** @module Where our readers and others part, and why. What is not in this table is a finding. */
import type { Verdict } from './target.js';

export interface Difference {
  readonly target: string;
  /** The other reader, or all of them. */
  readonly reference: string;
  /** Who takes what the other one refuses. */
  readonly accepts: 'we' | 'they';
  /** What whoever refuses says; the table applies to nothing else. */
  readonly reason: RegExp;
  readonly why: string;
}

export const DIFFERENCES: readonly Difference[] = [];

export function findDifference(
  target: string,
  reference: string,
  ours: Verdict,
  theirs: Verdict,
): Difference | undefined {
  const accepts = ours.accepted ? 'we' : 'they';
  const reason = ours.accepted ? theirs.reason : ours.reason;
  return DIFFERENCES.find(
    (row) =>
      row.target === target &&
      (row.reference === reference || row.reference === '*') &&
      row.accepts === accepts &&
      row.reason.test(reason),
  );
}
