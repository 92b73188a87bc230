/** @module How an attack shows: one line of the log, one entry of the journal, with the code, without the challenge. */
import { expect } from 'vitest';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import { CHALLENGE, leaksOf, type Bench } from '../../support/scep-bench.js';

/** @param challenge what was sent and must not show. Default: that of the static endpoint, which requests carry. */
export function expectAlert(bench: Bench, code: ErrorCode, challenge = CHALLENGE): void {
  const lines = bench.log.filter(({ line }) => line.includes(code));
  expect(lines.map(({ level }) => level)).toEqual(['warn']);
  const entries = bench.journal.filter((entry) => entry.code === code);
  expect(entries.map(({ outcome }) => outcome)).toEqual(['refused']);
  expect(leaksOf(bench, challenge)).toEqual([]);
}
