/** @module What is wanted of the figures: ours beside something else, as a table. */
import type { Part } from './plan.js';
import type { Measured } from './measured.js';

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

export const ratioRows = Object.entries(RATIOS) as readonly [RatioName, RatioRow][];

export function ratiosOf(measured: Measured): Record<RatioName, number | null> {
  return Object.fromEntries(ratioRows.map(([name, { of }]) => [name, of(measured) ?? null])) as Record<
    RatioName,
    number | null
  >;
}

export function wantedOf(measured: Measured): Wanted[] {
  const { store } = measured;
  const limits: readonly (readonly [string, Pick<RatioRow, 'least' | 'most'>, number | undefined])[] = [
    ...ratioRows.map(([name, row]) => [name, row, row.of(measured)] as const),
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
    ratioRows.flatMap(([name, { part }]) => {
      const reason =
        reasons[name] ?? reasons[name.replace(/Cpu$/, '')] ?? reasons[part] ?? 'it was not asked for';
      return ratios[name] === null ? [[name, reason]] : [];
    }),
  );
}
