/** @module What `npm run bench` found, as its JSON says it. */
import type { EnrollmentFigures } from './enrollments.js';
import type { FloorFigures } from './floor.js';
import type { InstanceFigures } from './instance.js';
import type { LoadFigures } from './load.js';
import type { OcspFigures } from './ocsp.js';
import type { RatioName, Wanted } from './ratios.js';
import type { RoundTrips } from './round-trips.js';
import type { StartUpFigures } from './start-up.js';
import type { StoreFigures } from './store-growth.js';
import type { WholePath } from './whole-path.js';

/** Of a process, in MiB. */
export interface MemoryFigures {
  readonly atStartMiB: number;
  readonly warmMiB: number;
  readonly afterMiB: number;
  /** How many lie between warm and after. */
  readonly enrollments: number;
}

export interface Measured {
  readonly floor?: FloorFigures;
  readonly enrollments?: EnrollmentFigures;
  readonly memory?: MemoryFigures;
  readonly getCaCert?: LoadFigures;
  readonly ocsp?: OcspFigures;
  readonly startUp?: StartUpFigures;
  readonly instance?: InstanceFigures;
  readonly store?: StoreFigures;
  readonly roundTrips?: RoundTrips;
  readonly wholePath?: WholePath;
}

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
