/** @module Whether two sets of times differ: Welch's t-test over the values below a common bound, as dudect does it. */

export interface Comparison {
  /** Of Welch's test; beyond ±4.5 two sets differ (dudect's bound, p about 10^-5). */
  readonly t: number;
  /** Difference of the means, in the unit of the values. */
  readonly difference: number;
  /** The share of the values that were compared. */
  readonly share: number;
}

export const T_BOUND = 4.5;

/** What is slower is something else: another process, a garbage collection. The test is made for each, and the worst counts. */
const SHARES = [1, 0.99, 0.95, 0.9, 0.75, 0.5] as const;

/** @returns the comparison that shows most. */
export function compareTimes(some: readonly number[], others: readonly number[]): Comparison {
  const all = [...some, ...others].sort((a, b) => a - b);
  const comparisons = SHARES.map((share): Comparison => {
    const bound = all[Math.ceil(all.length * share) - 1] ?? Infinity;
    const [a, b] = [some, others].map((values) => describe(values.filter((value) => value <= bound)));
    if (!a || !b) return { t: 0, difference: 0, share };
    const difference = a.mean - b.mean;
    return { t: difference / Math.sqrt(a.variance / a.count + b.variance / b.count), difference, share };
  });
  return comparisons.reduce((worst, one) => (Math.abs(one.t) > Math.abs(worst.t) ? one : worst));
}

function describe(values: readonly number[]): { count: number; mean: number; variance: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
