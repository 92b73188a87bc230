/** What every answer to hostile input must be: a signed FAILURE or a 4xx, and nothing on the books. */
import { expect } from 'vitest';
import type { Answer, Bench } from '../../support/scep-bench.js';

/** Both kinds of endpoints: one with a secret of ours, one that asks an Intune which grants everything. */
export const ENDPOINTS = ['static', 'intune'] as const;

export function expectHarmless(bench: Bench, { status, outcome }: Answer, what = ''): void {
  if (status === 200) expect(outcome, what).toMatch(/^FAILURE bad/);
  else expect(status, what).toSatisfy((code: number) => code >= 400 && code < 500);
  expect(bench.store.records.size, what).toBe(0);
}
