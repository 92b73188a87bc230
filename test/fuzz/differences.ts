/** @module Where our readers and others part, and why. What is not in this table is a finding. */
import type { Verdict } from './target.js';

export interface Difference {
  readonly targets: readonly string[];
  readonly references: readonly string[];
  /** Who takes what the other one refuses. */
  readonly accepts: 'we' | 'they';
  /** What whoever refuses says; the row applies to nothing else. */
  readonly reason: RegExp;
  readonly what: string;
  readonly why: string;
}

/** Read strictly, because what is read goes into a decision or into a certificate. */
const STRICT = ['certificate', 'csr', 'ocsp'] as const;
/** Read as BER, because real clients send it. */
const LAX = ['der', 'pki-message', 'envelope'] as const;
const ALL = [...STRICT, ...LAX];

export const DIFFERENCES: readonly Difference[] = [
  {
    targets: STRICT,
    references: ['pkijs', 'openssl'],
    accepts: 'they',
    reason:
      /: (OCSP request: )?(length not minimal|indefinite length|constructed octet string|integer not minimal|object identifier not minimal|not constructed)/,
    what: 'BER in a request, a certificate or an OCSP request',
    why: 'Two encodings of one value are two readings of one request; these structures are DER by their standards.',
  },
];

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
      row.targets.includes(target) &&
      row.references.includes(reference) &&
      row.accepts === accepts &&
      row.reason.test(reason),
  );
}
void ALL;
