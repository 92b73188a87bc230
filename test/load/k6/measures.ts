/**
 * @module What is counted while k6 runs. k6's summary knows no time of day, so that the course of a peak has metrics of
 * its own: one pair for each slice of the run.
 */
import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import type { LoadPlan } from '../plan.js';
import { OUTCOMES, type Outcome } from './outcome.js';
import { SLICES, sliceName } from './figures.js';

export type Operation = 'scep' | 'ocsp';

const answers = Object.fromEntries(
  (['scep', 'ocsp'] as const).flatMap((operation) =>
    OUTCOMES.map((outcome) => [`${operation}_${outcome}`, new Counter(`${operation}_${outcome}`)]),
  ),
);
const times = { scep: new Trend('scep_time', true), ocsp: new Trend('ocsp_time', true) };
const slices = Array.from({ length: SLICES }, (_, index) => ({
  time: new Trend(sliceName(index, 'time'), true),
  turnedAway: new Counter(sliceName(index, 'turned_away')),
}));

export function createMeasures({ seconds }: Pick<LoadPlan, 'seconds'>) {
  return {
    /** Every answer counts; only those that were served have a time. */
    count(operation: Operation, outcome: Outcome, durationMs: number): void {
      // A counter that was never touched would pass any threshold.
      for (const each of OUTCOMES) answers[`${operation}_${each}`]?.add(each === outcome ? 1 : 0);
      const elapsedShare = exec.instance.currentTestRunDuration / (seconds * 1000);
      const slice = slices[Math.min(SLICES - 1, Math.floor(elapsedShare * SLICES))];
      if (outcome === 'served') {
        times[operation].add(durationMs);
        slice?.time.add(durationMs);
      } else slice?.turnedAway.add(1);
    },
  };
}
