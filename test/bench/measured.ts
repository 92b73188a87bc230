/** @module What one run of `npm run bench` measured, part by part. */
import type { EnrollmentFigures } from './enrollments.js';
import type { FloorFigures } from './floor.js';
import type { InstanceFigures } from './instance.js';
import type { LoadFigures } from './load.js';
import type { OcspFigures } from './ocsp.js';
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
