/** @module What `npm run bench` found: as JSON, and as a page of text. */
import type { EnrollmentFigures } from './enrollments.js';
import type { FloorFigures } from './floor.js';
import type { InstanceFigures } from './instance.js';
import type { LoadFigures } from './load.js';
import type { OcspFigures } from './ocsp.js';
import type { Part } from './plan.js';
import type { RoundTrips } from './round-trips.js';
import type { StartUpFigures } from './start-up.js';
import type { StoreFigures } from './store-growth.js';

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

interface RatioRow {
  readonly about: string;
  readonly of: (measured: Measured) => number | undefined;
  readonly part: Part;
  /** What is wanted of it; more is better, or less. */
  readonly least?: number;
  readonly most?: number;
}

/** How much slower the slowest of the lookups is. */
const slowestLookup = ({ store }: Measured): number | undefined =>
  store &&
  Math.max(...Object.entries(store.ratios).flatMap(([name, ratio]) => (name === 'OCSP' ? [] : [ratio])));

const RATIOS = {
  micromdm: {
    about: 'enrollments a second, ours by micromdm scepserver’s',
    part: 'enrollments',
    of: ({ enrollments }) => enrollments?.peers['micromdm']?.ratio,
    least: 3,
  },
  stepca: {
    about: 'enrollments a second, ours by step-ca’s',
    part: 'enrollments',
    of: ({ enrollments }) => enrollments?.peers['stepca']?.ratio,
  },
  floor: {
    about: 'CPU of the arithmetic by CPU of the enrollment',
    part: 'floor',
    of: ({ floor }) => floor?.ratio,
    least: 0.7,
  },
  opensslOcsp: {
    about: 'CPU of an OCSP answer, openssl’s by ours from the cache',
    part: 'ocsp',
    of: ({ ocsp }) => ocsp?.cachedRatio,
    least: 5,
  },
  opensslOcspUncached: {
    about: 'the same, ours signed anew',
    part: 'ocsp',
    of: ({ ocsp }) => ocsp?.uncachedRatio,
  },
  micromdmCpu: {
    about: 'CPU of an enrollment, micromdm scepserver’s by ours',
    part: 'enrollments',
    of: ({ enrollments }) => enrollments?.peers['micromdm']?.cpuRatio,
  },
  stepcaCpu: {
    about: 'CPU of an enrollment, step-ca’s by ours',
    part: 'enrollments',
    of: ({ enrollments }) => enrollments?.peers['stepca']?.cpuRatio,
  },
  startUp: {
    about: 'process start to first answer, ours by a trivial function’s',
    part: 'startUp',
    of: ({ startUp }) => startUp?.ratio,
    most: 1.3,
  },
  memory: {
    about: 'memory after the enrollments by memory before them',
    part: 'enrollments',
    of: ({ memory }) => memory && memory.afterMiB / memory.warmMiB,
  },
  storeOcsp: {
    about: 'OCSP with the big store by OCSP with 1,000 rows',
    part: 'store',
    of: ({ store }) => store?.ratios['OCSP'],
    most: 1.3,
  },
  storeLookup: {
    about: 'the slowest lookup in the big store by the same in 1,000 rows',
    part: 'store',
    of: slowestLookup,
    most: 1.3,
  },
} as const satisfies Record<string, RatioRow>;

export type RatioName = keyof typeof RATIOS;

export interface Wanted {
  readonly name: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
  readonly met: boolean;
}

const rows = Object.entries(RATIOS) as readonly [RatioName, RatioRow][];

export function ratiosOf(measured: Measured): Record<RatioName, number | null> {
  return Object.fromEntries(rows.map(([name, { of }]) => [name, of(measured) ?? null])) as Record<
    RatioName,
    number | null
  >;
}

export function wantedOf(measured: Measured): Wanted[] {
  const { store } = measured;
  const limits: readonly (readonly [string, Pick<RatioRow, 'least' | 'most'>, number | undefined])[] = [
    ...rows.map(([name, row]) => [name, row, row.of(measured)] as const),
    ['crlSeconds', { most: 5 }, store?.crl.seconds],
    ['crlMegabytes', { most: 300 }, store?.crl.megabytes],
  ];
  return limits.flatMap(([name, { least, most }, value]) => {
    if (value === undefined || (least === undefined && most === undefined)) return [];
    const met = value >= (least ?? -Infinity) && value <= (most ?? Infinity);
    return [
      {
        name,
        value,
        ...(least === undefined ? {} : { least }),
        ...(most === undefined ? {} : { most }),
        met,
      },
    ];
  });
}

/** For every ratio that is missing: why. @param reasons by ratio or part. */
export function reasonsFor(
  ratios: Readonly<Record<RatioName, number | null>>,
  reasons: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    rows.flatMap(([name, { part }]) => {
      const reason =
        reasons[name] ?? reasons[name.replace(/Cpu$/, '')] ?? reasons[part] ?? 'it was not asked for';
      return ratios[name] === null ? [[name, reason]] : [];
    }),
  );
}

const LOAD_HEAD = ['/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs'];

export function formatReport(report: BenchReport): string {
  const {
    machine,
    conditions,
    floor,
    enrollments,
    ocsp,
    getCaCert,
    memory,
    startUp,
    instance,
    store,
    roundTrips,
  } = report;
  const lines: string[] = [
    `${machine.processor}, ${machine.cores} cores, Node.js ${machine.node}, OpenSSL ${machine.openssl}, load average ${machine.loadAverage}`,
    ...Object.entries(conditions).map(([name, value]) => `${name}: ${value}`),
  ];
  if (enrollments) {
    const peers = Object.entries(enrollments.peers).map(([name, peer]) => [name, peer.rows] as const);
    lines.push(
      '',
      heading('Enrollments'),
      ...[['skep', enrollments.skep] as const, ...peers].flatMap(([name, all]) =>
        all.map((row) => loadLine(`${name}, ${row.connections} connections`, row)),
      ),
    );
  }
  if (ocsp) {
    lines.push(
      '',
      heading('OCSP (openssl: one request a connection)'),
      loadLine('skep, cached', ocsp.cached),
      loadLine('skep, signed anew', ocsp.uncached),
      loadLine('openssl ocsp', ocsp.openssl),
    );
  }
  if (getCaCert) lines.push('', heading('GetCACert'), loadLine('skep, 8 connections', getCaCert));
  lines.push('');
  if (floor)
    lines.push(
      `One enrollment in the process ${floor.enrollmentUs.toFixed(0)} µs of CPU, its arithmetic ${floor.floorUs.toFixed(0)} µs`,
    );
  if (memory)
    lines.push(
      `Memory ${memory.atStartMiB} MiB at the start, ${memory.warmMiB} MiB warm, ${memory.afterMiB} MiB after ${memory.enrollments} more enrollments`,
    );
  if (startUp)
    lines.push(
      `First answer of the package after ${startUp.packagedMs.toFixed(0)} ms, of a trivial function after ${startUp.trivialMs.toFixed(0)} ms (medians of ${startUp.starts})`,
    );
  if (instance)
    lines.push(
      `The package on one core, its store in the emulator: ${instance.perSecond.toFixed(0)} enrollments a second, ${instance.cpuUs.toFixed(0)} µs of CPU each`,
    );
  if (store)
    lines.push(
      `${store.certificates} certificates: CRL of ${store.crl.entries} in ${store.crl.seconds.toFixed(1)} s and ${store.crl.megabytes.toFixed(0)} MB; by 1,000 rows: ${Object.entries(
        store.ratios,
      )
        .map(([name, ratio]) => `${name} ${ratio.toFixed(2)}`)
        .join(', ')}`,
    );
  if (roundTrips) {
    const { storeRequests, certificateEntities, journalEntities, vaultOperations, intuneCalls, graphCalls } =
      roundTrips.enrollment;
    lines.push(
      `An enrollment costs ${storeRequests} requests at the storage account, ${certificateEntities} entities of certificates and ${journalEntities} of the journal there, ${vaultOperations} operations of the vault, ${intuneCalls} calls of Intune, ${graphCalls} of Graph`,
      `OCSP costs ${roundTrips.ocsp.storeRequests} request at the storage account, repeated ${roundTrips.ocsp.repeatedStoreRequests}`,
    );
  }
  lines.push('', 'Ratios (medians of pairs)');
  for (const [name, { about, least, most }] of rows) {
    const value = report.ratios[name];
    const shown =
      value === null ? `not measured: ${report.notMeasured[name] ?? ''}` : value.toFixed(2).padStart(6);
    const limit =
      least === undefined ? (most === undefined ? '' : `, at most ${most}`) : `, at least ${least}`;
    lines.push(`  ${name.padEnd(20)} ${shown}  ${value === null ? '' : about + limit}`);
  }
  const missed = report.wanted.filter(({ met }) => !met);
  lines.push(
    '',
    missed.length === 0
      ? 'All that is wanted of what was measured is there.'
      : `Not as wanted: ${missed.map(({ name, value }) => `${name} ${value.toFixed(2)}`).join(', ')}`,
  );
  return `${lines.join('\n')}\n`;
}

const heading = (title: string): string =>
  `${title.padEnd(40)}${LOAD_HEAD.map((cell) => cell.padStart(10)).join('')}`;

function loadLine(name: string, { perSecond, p50Ms, p95Ms, p99Ms, cpuUs }: LoadFigures): string {
  const cells = [
    perSecond.toFixed(0),
    p50Ms.toFixed(2),
    p95Ms.toFixed(2),
    p99Ms.toFixed(2),
    cpuUs.toFixed(0),
  ];
  return `${name.padEnd(40)}${cells.map((cell) => cell.padStart(10)).join('')}`;
}
