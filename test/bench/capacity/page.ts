/** @module docs/capacity.md: made of what `npm run bench` and `npm run capacity` measured, and of the published limits. */
import { KEY_TYPES, type KeyType } from '../../../lib/keys/key-types.js';
import type { BenchReport } from '../report.js';
import { instanceLimit, storageLimits, vaultLimit, type Costs, type Limit } from './limits.js';
import type { RenewalReport } from './main.js';

/** The templates' default. */
const DEFAULT_CA = 'RSA-3072' satisfies KeyType;
const GROWTH = [1, 10, 100] as const;
const FLEETS = [10_000, 100_000, 1_000_000] as const;

/** Cores and memory of the sizes that Flex Consumption has. */
const INSTANCE_SIZES = [
  { memoryMB: 512, cores: 0.25 },
  { memoryMB: 2048, cores: 1 },
  { memoryMB: 4096, cores: 2 },
] as const;

export interface CapacityInput {
  readonly bench: BenchReport;
  readonly renewals: RenewalReport;
}

/** @throws {Error} when the benchmark left out what the page is about. */
export function formatCapacity({ bench, renewals }: CapacityInput): string {
  const { instance, roundTrips } = bench;
  if (!instance || !roundTrips) throw new Error('docs/measurements/bench.json lacks instance or roundTrips');
  const costs: Costs = { instance, roundTrips };
  const core = instanceLimit(costs);
  const vault = vaultLimit(costs, DEFAULT_CA, 'hsm');
  const storage = storageLimits(costs);
  const [first] = [core, vault, ...storage].slice(1).sort((a, b) => a.perSecond - b.perSecond);
  return `# Capacity

What one instance, one vault and one storage account carry, what binds first, and what to do then. The page is made by
\`npm run docs\` of [measurements/bench.json](measurements/bench.json) (\`npm run bench -- --json\`),
[measurements/renewals.json](measurements/renewals.json) (\`npm run capacity -- --json\`) and Microsoft's published limits.
Nothing here was measured in Azure: what is measured was measured on ${describeMachine(bench)}; everything else is arithmetic,
and it is shown. To have your own figures, run both commands and \`npm run docs\`.

In short: ${first ? `**${first.name} binds first, at ${rate(first.perSecond)} enrollments a second** (${perHour(first.perSecond)} an hour)` : ''}; an
instance's core does ${rate(core.perSecond)}, and more instances start by themselves. A fleet of ${count(renewals.fleet.devices)} devices
stays far below that, if the ends of its certificates are spread (\`SKEP_EXPIRY_JITTER_PERCENT\`).

## What an enrollment costs

Counted from outside, while the whole local cloud enrolled a device of simulated Intune, with the CA key in the Key Vault
simulator and the RA key in the process:

${table(
  ['', 'An enrollment', 'An OCSP question'],
  [
    ['Operations of the vault', roundTrips.enrollment.vaultOperations, 0],
    [
      'Requests at the storage account',
      roundTrips.enrollment.storeRequests,
      `${roundTrips.ocsp.storeRequests}; ${roundTrips.ocsp.repeatedStoreRequests} within a minute at the same instance`,
    ],
    [
      'Entities in the table of certificates',
      roundTrips.enrollment.certificateEntities,
      roundTrips.ocsp.storeRequests,
    ],
    ['Entities in the journal', roundTrips.enrollment.journalEntities, 0],
    ['Calls of Intune', roundTrips.enrollment.intuneCalls, 0],
    ['Calls of Microsoft Graph (identity check)', roundTrips.enrollment.graphCalls, 0],
    ['CPU of an instance', `${count(Math.round(instance.cpuUs))} µs`, ocspCpu(bench)],
  ],
)}

The CPU of an enrollment is that of the whole process: the Functions host of the checkout, the storage SDK, the path itself;
the vault signs, so that the signature of the CA is not in it. Intune and Graph publish no limits that a SCEP server could
count on; they answer 429 when they have enough, and then so does Skep.

## What binds first

Enrollments a second, by limit. An instance takes ${bySize(core)}.

${table(['Limit', 'Enrollments a second', 'An hour', 'Arithmetic'], [core, vault, ...storage].map(limitRow))}

## By kind of CA key

${table(
  ['CA key', 'software: a second', 'an hour', 'HSM: a second', 'an hour'],
  (Object.keys(KEY_TYPES) as KeyType[]).map((type) => {
    const [software, hsm] = [vaultLimit(costs, type, 'software'), vaultLimit(costs, type, 'hsm')];
    return [
      type,
      rate(software.perSecond),
      perHour(software.perSecond),
      rate(hsm.perSecond),
      perHour(hsm.perSecond),
    ];
  }),
)}

One instance uses \`SKEP_VAULT_SHARE_PERCENT\` (80) of the limit of its vault, lets devices wait for two seconds, and then
answers 429 with Retry-After. With the RA key in the vault (\`SKEP_RA_KEY=vault\`) every enrollment costs two operations more;
\`npm run bench:vault\` counts that, too.

## At ten and a hundred times that

What one core does at full load, ten times as much and a hundred times as much; how much of each limit that is, with the
default CA key (${DEFAULT_CA} in an HSM) and with an EC key:

${table(
  [
    '',
    ...GROWTH.map(
      (factor) => `${factor === 1 ? 'one core' : `× ${factor}`}: ${rate(core.perSecond * factor)}/s`,
    ),
  ],
  [vault, vaultLimit(costs, 'EC-P256', 'hsm'), ...storage].map((limit) => [
    limit.name,
    ...GROWTH.map((factor) => share((core.perSecond * factor) / limit.perSecond)),
  ]),
)}

Above 100 % devices are turned away with 429 and come back. What to do:

${[vault, ...storage, core].map(({ name, remedy }) => `- **${sentence(name)}.** ${remedy}`).join('\n')}

## When certificates fall due together

A certificate of a year, renewed by Intune when ${renewals.fleet.thresholdPercent} % of its life is left, devices that sync every eight
hours: a profile that is assigned to everybody at once makes a fleet whose certificates fall due together, year after year.
Simulated for ${count(renewals.fleet.devices)} devices over ${count(renewals.fleet.days)} days (seed ${renewals.fleet.seed}); the ends of the certificates
are chosen by the code that issues them. “Office hours” are devices in one time zone that are switched on between 7:30 and
9:30 from Monday to Friday: the worst morning there is.

${table(
  [
    'Devices are on',
    'Jitter',
    'First certificates, worst hour',
    'Renewals, worst hour',
    'a second',
    `of one vault (${DEFAULT_CA}, HSM)`,
    'Lapsed',
  ],
  renewals.peaks.map(({ calendar, jitterPercent, firstPeakPerHour, peakPerHour, lapses }) => [
    calendar,
    `${jitterPercent} %`,
    count(firstPeakPerHour),
    count(peakPerHour),
    rate(peakPerHour / 3600),
    share(peakPerHour / 3600 / vault.perSecond),
    count(lapses),
  ]),
)}

Jitter takes from the life of a certificate: with 10 % a year's certificate lives 328 to 365 days, and a device renews 5 %
more often. It spreads renewals, not the first certificates: assign the profile to groups, one after the other.

Smaller fleets, in proportion, with office hours:

${table(
  ['Devices', 'Worst hour without jitter', 'a second', 'Worst hour with jitter 10 %', 'a second'],
  FLEETS.map((devices) => {
    const [off, on] = [0, 10].map((jitter) => officePeak(renewals, jitter, devices)) as [number, number];
    return [count(devices), count(Math.round(off)), rate(off / 3600), count(Math.round(on)), rate(on / 3600)];
  }),
)}

## Beside others

${table(
  ['Ratio', 'Measured', 'Wanted'],
  Object.entries(bench.ratios).map(([name, value]) => {
    const wanted = bench.wanted.find((row) => row.name === name);
    const limit =
      wanted?.least === undefined
        ? wanted?.most === undefined
          ? ''
          : `at most ${wanted.most}`
        : `at least ${wanted.least}`;
    return [
      `\`${name}\``,
      value === null ? `not measured: ${bench.notMeasured[name] ?? ''}` : value.toFixed(2),
      limit,
    ];
  }),
)}

\`npm run bench\` says what each is. Ratios of one run on one machine: another processor has others, above all where OpenSSL
knows faster instructions for RSA than Go does.
`;
}

function describeMachine({ machine, quick, measuredAt }: BenchReport): string {
  const { processor, cores, loadAverage, node, openssl } = machine;
  const busy =
    loadAverage > cores
      ? `; other work ran beside it (load average ${loadAverage}), which costs CPU time, too`
      : '';
  return `${cores} cores of an ${processor}, Node.js ${node}, OpenSSL ${openssl}, ${measuredAt}${quick ? ' (a quick run)' : ''}${busy}`;
}

const limitRow = ({ name, perSecond, arithmetic }: Limit) => [
  name,
  rate(perSecond),
  perHour(perSecond),
  arithmetic,
];

const bySize = ({ perSecond }: Limit): string =>
  INSTANCE_SIZES.map(
    ({ memoryMB, cores }) => `${rate(perSecond * Math.min(cores, 1))} with ${memoryMB} MB`,
  ).join(', ') + ' (0.25, 1 and 2 cores; the path runs on one of them)';

function ocspCpu({ ocsp }: BenchReport): string {
  if (!ocsp) return 'not measured';
  return `${count(Math.round(ocsp.cached.cpuUs))} µs from the cache, ${count(Math.round(ocsp.uncached.cpuUs))} µs signed anew`;
}

function officePeak({ peaks, fleet }: RenewalReport, jitterPercent: number, devices: number): number {
  const peak = peaks.find((row) => row.calendar === 'office hours' && row.jitterPercent === jitterPercent);
  if (!peak) throw new Error(`docs/measurements/renewals.json lacks jitter ${jitterPercent}`);
  return (peak.peakPerHour * devices) / fleet.devices;
}

const count = (value: number): string => value.toLocaleString('en-US');
const rate = (perSecond: number): string =>
  perSecond < 10 ? perSecond.toFixed(2) : count(Math.round(perSecond));
const perHour = (perSecond: number): string => count(Math.round(perSecond * 3600));
const share = (part: number): string =>
  `${part < 0.1 ? (part * 100).toFixed(1) : count(Math.round(part * 100))} %`;
const sentence = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
