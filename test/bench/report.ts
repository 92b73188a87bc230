/** @module What `npm run bench` found, as its JSON says it. */
import type { Measured } from './measured.js';
import type { RatioName, Wanted } from './ratios.js';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Threads that wanted a core, on average over a quarter of an hour: much more than one means noise. */
  readonly loadAverage: number;
  readonly node: string;
  readonly openssl: string;
}

export interface BenchReport extends Measured {
  readonly measuredAt: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly conditions: Readonly<Record<string, string | number>>;
  /** Ours beside something else; null where it was not measured. */
  readonly ratios: Readonly<Record<RatioName, number | null>>;
  readonly wanted: readonly Wanted[];
  /** Why not, by ratio or part. */
  readonly notMeasured: Readonly<Record<string, string>>;
}
