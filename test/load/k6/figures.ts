/** @module k6's summary as this report reads it. Knows nothing of k6. */
import { OUTCOMES, type Outcome } from './outcome.js';

/** The part of k6's summary data that is read here. */
export interface SummaryData {
  readonly state: { readonly testRunDurationMs: number };
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
}

export interface SummaryMetric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

export const SLICES = 30;

export const sliceName = (index: number, what: 'time' | 'turned_away'): string =>
  `slice_${String(index).padStart(2, '0')}_${what}`;

export interface OperationFigures {
  readonly operation: 'scep' | 'ocsp';
  readonly answers: Readonly<Record<Outcome, number>>;
  readonly total: number;
  /** Milliseconds of the answers that were served. */
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface Slice {
  readonly served: number;
  readonly turnedAway: number;
  readonly p95Ms: number;
}

/** In k6's words and in a reader's. */
export interface Condition {
  readonly metric: string;
  readonly condition: string;
  readonly text: string;
}

export interface Threshold {
  readonly text: string;
  readonly met: boolean;
}

export interface LoadFigures {
  readonly seconds: number;
  readonly operations: readonly OperationFigures[];
  readonly thresholds: readonly Threshold[];
  readonly slices: readonly Slice[];
  /** Requests that k6 was too late or too busy to send. */
  readonly unsent: number;
}

const value = ({ metrics }: SummaryData, metric: string, name: string): number =>
  metrics[metric]?.values[name] ?? 0;

/** @param conditions in the order in which they are shown; one that k6 says nothing of was not met. */
export function readFigures(data: SummaryData, conditions: readonly Condition[]): LoadFigures {
  const operations = (['scep', 'ocsp'] as const).map((operation): OperationFigures => {
    const answers = Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, value(data, `${operation}_${outcome}`, 'count')]),
    ) as Record<Outcome, number>;
    const time = `${operation}_time`;
    return {
      operation,
      answers,
      total: Object.values(answers).reduce((sum, count) => sum + count, 0),
      medianMs: value(data, time, 'med'),
      p95Ms: value(data, time, 'p(95)'),
      p99Ms: value(data, time, 'p(99)'),
      maxMs: value(data, time, 'max'),
    };
  });
  return {
    seconds: data.state.testRunDurationMs / 1000,
    operations: operations.filter(({ total }) => total > 0),
    thresholds: conditions.map(({ metric, condition, text }) => ({
      text,
      met: data.metrics[metric]?.thresholds?.[condition]?.ok ?? false,
    })),
    slices: Array.from({ length: SLICES }, (_, index) => ({
      served: value(data, sliceName(index, 'time'), 'count'),
      turnedAway: value(data, sliceName(index, 'turned_away'), 'count'),
      p95Ms: value(data, sliceName(index, 'time'), 'p(95)'),
    })),
    unsent: value(data, 'dropped_iterations', 'count'),
  };
}
