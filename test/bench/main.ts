/**
 * @module `npm run bench`: how fast this server is, beside others and beside its own arithmetic, on one pinned core.
 * Read the ratios: the figures of one machine and one moment say little. `--quick` takes a minute, `--json` prints the
 * numbers alone.
 */
import { parseArgs } from 'node:util';
import { compareEnrollments, enrollOne, warmUp } from './enrollments.js';
import { measureFloor } from './floor.js';
import { load, type LoadFigures } from './load.js';
import { compareOcsp } from './ocsp.js';
import { createScepserver, startSkep, temporaryFolder } from './peers.js';
import { firstLine, pinClient, startPinned, stop } from './processes.js';
import { prepareKeys } from './requests.js';
import { serve } from './server.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const PLAN = values.quick
  ? {
      keys: 60,
      warmUp: 2400,
      rounds: 3,
      floorRounds: 40,
      floorWarmUp: 60,
      ocspRequests: 300,
      enrollments: 3000,
    }
  : {
      keys: 200,
      warmUp: 8000,
      rounds: 5,
      floorRounds: 60,
      floorWarmUp: 60,
      ocspRequests: 1000,
      enrollments: 10_000,
    };

const [role, folder] = positionals;
if (role === 'serve' && folder !== undefined) await serve(folder);
else if (role === 'floor') console.log(JSON.stringify(await measureOwnFloor()));
else await run();

function measureOwnFloor() {
  return measureFloor({ keys: PLAN.keys, warmUpRounds: PLAN.floorWarmUp, rounds: PLAN.floorRounds });
}

async function run(): Promise<void> {
  pinClient();
  const keys = await prepareKeys(PLAN.keys);
  const floor = await floorOfPinnedProcess();
  const shared = temporaryFolder();
  const skep = await startSkep(shared);
  try {
    const rssBefore = await rssMiB(skep.url);
    await warmUp(skep, keys, PLAN.warmUp);
    const peer = createScepserver();
    const enrollments = await compareEnrollments({ skep, peer, keys, rounds: PLAN.rounds });
    await warmUp(skep, keys, PLAN.enrollments);
    const rssAfter = await rssMiB(skep.url);

    const [key] = keys;
    if (!key) throw new Error('no keys');
    const certificate = await enrollOne(skep, key);
    const contest = { skep, folder: shared, certificate, requests: PLAN.ocspRequests, rounds: PLAN.rounds };
    const ocsp = await compareOcsp(contest);
    const getCaCert = await load({
      url: skep.scepUrl.replace('PKIOperation', 'GetCACert'),
      contentType: 'application/octet-stream',
      connections: 8,
      bodies: Array.from({ length: PLAN.ocspRequests }, () => new Uint8Array()),
      server: skep.child,
    }).then(({ answers: _answers, ...figures }) => figures);

    report({
      conditions: {
        core: 'the server alone on one core, the client on another; loopback',
        validation: 'static challenge',
        store: 'in memory',
        keys: PLAN.keys,
        node: process.version,
      },
      ratios: {
        micromdm: enrollments.ratio,
        stepca: null,
        floor: floor.ratio,
        opensslOcsp: ocsp.cachedRatio,
        opensslOcspUncached: ocsp.uncachedRatio,
        micromdmCpu: enrollments.cpuRatio,
      },
      notMeasured: {
        stepca: 'it is no Debian package, and is not built here',
        ...(peer ? {} : { micromdm: 'the Debian package scep is not installed' }),
      },
      floor,
      enrollments: { skep: enrollments.skep, micromdm: enrollments.peer },
      ocsp,
      getCaCert,
      memory: { rssBeforeMiB: rssBefore, rssAfterMiB: rssAfter, atLeastEnrollments: PLAN.enrollments },
    });
  } finally {
    await stop(skep.child);
  }
}

async function floorOfPinnedProcess(): Promise<Awaited<ReturnType<typeof measureFloor>>> {
  const program = [process.argv[1] ?? '', 'floor', ...(values.quick ? ['--quick'] : [])];
  const child = startPinned(process.execPath, program);
  try {
    return JSON.parse(await firstLine(child)) as Awaited<ReturnType<typeof measureFloor>>;
  } finally {
    await stop(child);
  }
}

async function rssMiB(url: string): Promise<number> {
  const rss = Number(await (await fetch(`${url}/reset`)).text());
  return Math.round(rss / 2 ** 20);
}

interface Report {
  readonly conditions: Readonly<Record<string, string | number>>;
  readonly ratios: Readonly<Record<string, number | null>>;
  readonly notMeasured: Readonly<Record<string, string>>;
  readonly floor: Awaited<ReturnType<typeof measureFloor>>;
  readonly enrollments: Readonly<Record<'skep' | 'micromdm', readonly LoadFigures[]>>;
  readonly ocsp: Awaited<ReturnType<typeof compareOcsp>>;
  readonly getCaCert: LoadFigures;
  readonly memory: Readonly<Record<string, number>>;
}

function report(result: Report): void {
  if (values.json) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  const { conditions, ratios, notMeasured, floor, enrollments, ocsp, getCaCert, memory } = result;
  console.log(
    Object.entries(conditions)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  );
  console.log('\nEnrollments                    /s    p50 ms    p95 ms    p99 ms    CPU µs');
  for (const [name, rows] of Object.entries(enrollments)) {
    for (const row of rows) print(`${name}, ${row.connections} connections`, row);
  }
  console.log('\nOCSP (openssl: one request a connection)');
  print('skep, cached', ocsp.cached);
  print('skep, signed anew', ocsp.uncached);
  print('openssl ocsp', ocsp.openssl);
  console.log('\nGetCACert');
  print('skep, 8 connections', getCaCert);
  console.log(
    `\nOne enrollment in the process ${floor.enrollmentUs.toFixed(0)} µs of CPU, its arithmetic ${floor.floorUs.toFixed(0)} µs`,
  );
  console.log(
    `Memory ${memory['rssBeforeMiB']} MiB at the start, ${memory['rssAfterMiB']} MiB after ${memory['atLeastEnrollments']} enrollments and more`,
  );
  console.log('\nRatios (medians of pairs; more is better)');
  for (const [name, ratio] of Object.entries(ratios)) {
    console.log(
      `  ${name.padEnd(20)} ${ratio === null ? `not measured: ${notMeasured[name] ?? ''}` : ratio.toFixed(2)}`,
    );
  }
}

function print(name: string, { perSecond, p50Ms, p95Ms, p99Ms, cpuUs }: LoadFigures): void {
  const cells = [
    perSecond.toFixed(0),
    p50Ms.toFixed(2),
    p95Ms.toFixed(2),
    p99Ms.toFixed(2),
    cpuUs.toFixed(0),
  ];
  console.log(`${name.padEnd(24)}${cells.map((cell) => cell.padStart(10)).join('')}`);
}
