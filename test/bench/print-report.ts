/** @module What `npm run bench` found, as a page of text. */
import type { LoadFigures } from './load.js';
import { ratioRows } from './ratios.js';
import type { BenchReport } from './report.js';
import type { WholePath } from './whole-path.js';

const LOAD_HEAD = ['/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs'];

export function formatReport(report: BenchReport): string {
  const {
    machine,
    conditions,
    floor,
    wholePath,
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
  if (wholePath) lines.push('', ...wholePathLines(wholePath));
  lines.push('', 'Ratios (medians of pairs)');
  for (const [name, { about, least, most }] of ratioRows) {
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

function wholePathLines({ steps, restMs, totalMs, enrollments }: WholePath): string[] {
  const rows = [...steps, { name: 'journal, host, HTTP', ms: restMs }, { name: 'altogether', ms: totalMs }];
  return [
    `The whole path, one device at a time (medians of ${enrollments})              ms`,
    ...rows.map(({ name, ms }) => `  ${name.padEnd(60)}${ms.toFixed(2).padStart(8)}`),
  ];
}
