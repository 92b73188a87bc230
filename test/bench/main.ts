/**
 * @module `npm run bench`: how fast this server is, beside others and beside its own arithmetic, on one pinned core.
 * Read the ratios: the figures of one machine and one moment say little. `--help` tells the rest.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import type { KeyObject } from 'node:crypto';
import { findGoTool, provideGoTool } from '../support/go-tools.js';
import { createProgress, type Progress } from '../support/progress.js';
import { compareEnrollments, countRuns, enrollOne, warmUp } from './enrollments.js';
import { measureFloor, type FloorFigures } from './floor.js';
import { measureInstance } from './instance.js';
import { load } from './load.js';
import { compareOcsp } from './ocsp.js';
import {
  createScepserver,
  createStepCa,
  startSkep,
  temporaryFolder,
  type RunningServer,
  type ScepPeer,
} from './peers.js';
import { parseBenchCommand, USAGE, type BenchCommand, type BenchPlan } from './plan.js';
import { firstLine, pinClient, startPinned, stop } from './processes.js';
import type { Measured } from './measured.js';
import { formatReport } from './print-report.js';
import { ratiosOf, reasonsFor, wantedOf } from './ratios.js';
import type { BenchReport, Machine } from './report.js';
import { prepareKeys } from './requests.js';
import { countRoundTrips } from './round-trips.js';
import { serve } from './server.js';
import { measureStartUp } from './start-up.js';
import { ENROLLMENTS, measureWholePath, WARM_UP } from './whole-path.js';
import { measureStore } from './store-growth.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

async function main(command: BenchCommand): Promise<void> {
  const progress = createProgress(command.json);
  const reasons: Record<string, string> = {};
  try {
    // Read first: whoever has a wrong file shall not wait for the end to hear of it.
    const earlier = command.earlier === undefined ? {} : readMeasured(command.earlier);
    const measured = { ...earlier, ...(await measure(command, progress, reasons)) };
    progress.end();
    const ratios = ratiosOf(measured);
    const report: BenchReport = {
      measuredAt: new Date().toISOString().slice(0, 10),
      quick: command.quick,
      machine: describeMachine(),
      conditions: {
        core: 'the server alone on one core, the client on another; loopback',
        validation: 'static challenge',
        store: 'in memory',
        'CA key': 'RSA-2048, in the process',
        requests: command.plan.keys,
      },
      ratios,
      wanted: wantedOf(measured),
      notMeasured: reasonsFor(ratios, reasons),
      ...measured,
    };
    process.stdout.write(command.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
  } finally {
    progress.end();
  }
}

/** The parts that want the whole machine come first, before this process keeps to its core. */
async function measure(
  { plan, parts, quick, json, keyFile }: BenchCommand,
  progress: Progress,
  reasons: Record<string, string>,
): Promise<Measured> {
  const measured: Mutable<Measured> = {};
  const tell = (text: string) => (json ? undefined : process.stderr.write(`${text}\n`));
  if (parts.has('roundTrips')) {
    measured.roundTrips = await countRoundTrips(progress.step('Round trips', 11));
  }
  if (parts.has('wholePath')) {
    const onEnrollment = progress.step('Whole path', WARM_UP + ENROLLMENTS);
    measured.wholePath = await measureWholePath(onEnrollment);
  }
  if (parts.has('store')) {
    progress.step(`Store of ${plan.certificates}`, 1);
    measured.store = await measureStore(plan.certificates);
  }
  const peers = parts.has('enrollments') ? await findPeers(quick, tell, reasons) : {};
  const keys = await prepareKeys(plan.keys, keyFile, progress.step('Keys', plan.keys));
  pinClient();
  if (parts.has('floor')) {
    progress.step('Floor', 1);
    measured.floor = await floorOfPinnedProcess(plan);
  }
  if (parts.has('enrollments') || parts.has('ocsp')) {
    Object.assign(measured, await measureServer(plan, parts, keys, peers, progress));
  }
  if (parts.has('startUp')) {
    measured.startUp = await measureStartUp(plan.starts, progress.step('Cold starts', plan.starts));
  }
  if (parts.has('instance')) {
    const onRound = progress.step('One instance', plan.rounds + 1);
    measured.instance = await measureInstance(keys, plan.rounds, onRound);
  }
  return measured;
}

async function measureServer(
  plan: BenchPlan,
  parts: BenchCommand['parts'],
  keys: readonly KeyObject[],
  peers: Readonly<Record<string, ScepPeer>>,
  progress: Progress,
): Promise<Measured> {
  const folder = temporaryFolder();
  const skep = await startSkep(folder);
  try {
    const measured: Mutable<Measured> = {};
    const atStartMiB = await rssMiB(skep);
    progress.step('Warming up', 1);
    await warmUp(skep, keys, plan.warmUp);
    if (parts.has('enrollments')) {
      const contest = { skep, peers, keys, rounds: plan.rounds };
      const onRun = progress.step('Enrollments', countRuns(contest));
      measured.enrollments = await compareEnrollments({ ...contest, onRun });
      progress.step(`Twice ${plan.enrollments} enrollments`, 1);
      // As many before: V8 gives its young generation the size that such a load wants, once.
      await warmUp(skep, keys, plan.enrollments);
      const warmMiB = await rssMiB(skep);
      await warmUp(skep, keys, plan.enrollments);
      measured.memory = {
        atStartMiB,
        warmMiB,
        afterMiB: await rssMiB(skep),
        enrollments: plan.enrollments,
      };
    }
    if (parts.has('ocsp')) {
      progress.step('OCSP', 1);
      const [key] = keys;
      if (!key) throw new Error('no keys');
      const certificate = await enrollOne(skep, key);
      const { ocspRequests: requests, rounds } = plan;
      measured.ocsp = await compareOcsp({ skep, folder, certificate, requests, rounds });
      const { answers: _answers, ...getCaCert } = await load({
        url: skep.scepUrl.replace('PKIOperation', 'GetCACert'),
        contentType: 'application/octet-stream',
        connections: 8,
        bodies: Array.from({ length: requests }, () => new Uint8Array()),
        server: skep.child,
      });
      measured.getCaCert = getCaCert;
    }
    return measured;
  } finally {
    await stop(skep.child);
  }
}

/** Who is not here says why, in `reasons`. */
async function findPeers(
  quick: boolean,
  tell: (text: string) => void,
  reasons: Record<string, string>,
): Promise<Record<string, ScepPeer>> {
  const peers: Record<string, ScepPeer> = {};
  const micromdm = createScepserver();
  if (micromdm) peers['micromdm'] = micromdm;
  else reasons['micromdm'] = 'the Debian package scep is not installed';
  try {
    const program = quick ? findGoTool('step-ca') : await provideGoTool('step-ca', tell);
    if (program === undefined)
      reasons['stepca'] = 'it is not built yet; npm run bench without --quick builds it';
    else peers['stepca'] = createStepCa(program);
  } catch (thrown) {
    reasons['stepca'] = thrown instanceof Error ? thrown.message : String(thrown);
  }
  return peers;
}

async function floorOfPinnedProcess(plan: BenchPlan): Promise<FloorFigures> {
  const options = [plan.keys, plan.floorWarmUp, plan.floorRounds].map(String);
  const child = startPinned(process.execPath, [process.argv[1] ?? '', 'floor', ...options]);
  try {
    return JSON.parse(await firstLine(child)) as FloorFigures;
  } finally {
    await stop(child);
  }
}

async function rssMiB({ url }: RunningServer): Promise<number> {
  const rss = Number(await (await fetch(`${url}/reset`)).text());
  return Math.round(rss / 2 ** 20);
}

/** The parts of an earlier report, without what is computed from them. */
function readMeasured(file: string): Measured {
  const {
    measuredAt: _measuredAt,
    quick: _quick,
    machine: _machine,
    conditions: _conditions,
    ratios: _ratios,
    wanted: _wanted,
    notMeasured: _notMeasured,
    ...measured
  } = JSON.parse(readFileSync(file, 'utf8')) as BenchReport;
  return measured;
}

/** What a reader needs to judge the figures; nothing that names the machine. */
function describeMachine(): Machine {
  const all = cpus();
  const { OPENSSL_ia32cap: masked } = process.env;
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadAverage: Math.round(loadavg()[2] ?? 0),
    node: process.version,
    openssl: process.versions.openssl + (masked ? ` with OPENSSL_ia32cap=${masked}` : ''),
  };
}

try {
  const command = parseBenchCommand(process.argv.slice(2));
  const [role, ...rest] = command.positionals;
  if (command.help) process.stdout.write(USAGE);
  else if (role === 'serve' && rest[0] !== undefined) await serve(rest[0]);
  else if (role === 'floor') {
    const [keys = 0, warmUpRounds = 0, rounds = 0] = rest.map(Number);
    console.log(JSON.stringify(await measureFloor({ keys, warmUpRounds, rounds })));
  } else if (role === undefined) await main(command);
  else throw new RangeError('npm run bench -- --help tells how it is used');
} catch (thrown) {
  process.stderr.write(
    `The benchmark failed: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
  );
  process.exitCode = thrown instanceof RangeError || thrown instanceof TypeError ? 2 : 1;
}
