/** @module Enrollments of this server and of others, in turn, with the same keys, at 1, 8 and 32 connections. */
import type { KeyObject } from 'node:crypto';
import type { CaCertificates } from '../../dev/scep-client/index.js';
import type { Certificate } from '../../lib/pki/certificate.js';
import { median } from './figures.js';
import { load, type LoadFigures } from './load.js';
import { readCa, type RunningServer, type ScepPeer } from './peers.js';
import { stop } from './processes.js';
import { checkAnswer, prepareRequests, type PreparedRequest } from './requests.js';

const CONNECTIONS = [1, 8, 32] as const;

export interface PeerFigures {
  /** Medians of the rounds, one row for each number of connections. */
  readonly rows: readonly LoadFigures[];
  /** Enrollments per second, ours by theirs: the median of all pairs. */
  readonly ratio: number;
  /** CPU time for one enrollment, theirs by ours. */
  readonly cpuRatio: number;
}

export interface EnrollmentFigures {
  readonly skep: readonly LoadFigures[];
  readonly peers: Readonly<Record<string, PeerFigures>>;
}

interface Prepared {
  readonly requests: readonly PreparedRequest[];
  readonly ca: CaCertificates;
}

const SCEP = 'application/x-pki-message';

export interface Contest {
  readonly skep: RunningServer;
  /** By name. */
  readonly peers: Readonly<Record<string, ScepPeer>>;
  readonly keys: readonly KeyObject[];
  readonly rounds: number;
  /** Hears of every run that is over; there are `countRuns` of them. */
  readonly onRun: () => void;
}

export const countRuns = ({ peers, rounds }: Pick<Contest, 'peers' | 'rounds'>): number =>
  rounds * CONNECTIONS.length * (1 + Object.keys(peers).length);

/** In turn: ours, then each of the others, so that whatever else the machine does strikes all. */
export async function compareEnrollments(contest: Contest): Promise<EnrollmentFigures> {
  const { skep, keys, rounds, onRun } = contest;
  const peers = Object.entries(contest.peers).map(([name, peer]) => ({
    name,
    run: createRunner(name, peer, keys),
  }));
  const ours = await prepare(skep, keys);
  const own: LoadFigures[] = [];
  const others = new Map<string, LoadFigures[]>(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const connections of CONNECTIONS) {
      await fetch(`${skep.url}/reset`);
      own.push(await enrollAll(skep, ours, connections));
      onRun();
      for (const { name, run } of peers) {
        others.get(name)?.push(await run(connections));
        onRun();
      }
    }
  }
  const summary = (all: readonly LoadFigures[]) => CONNECTIONS.map((count) => summarize(all, count));
  const inPairs = (all: readonly LoadFigures[], compare: (us: LoadFigures, them: LoadFigures) => number) =>
    median(all.map((them, index) => compare(own[index] as LoadFigures, them)));
  return {
    skep: summary(own),
    peers: Object.fromEntries(
      [...others].map(([name, all]) => [
        name,
        {
          rows: summary(all),
          ratio: inPairs(all, (us, them) => us.perSecond / them.perSecond),
          cpuRatio: inPairs(all, (us, them) => them.cpuUs / us.cpuUs),
        },
      ]),
    ),
  };
}

/** scepserver now and then refuses one of many that come at once; such a run says nothing, and is made again. */
const TRIES = 4;

/** A peer starts anew for each run: what it keeps of one would slow the next. */
function createRunner(name: string, peer: ScepPeer, keys: readonly KeyObject[]) {
  let prepared: Prepared | undefined;
  const run = async (connections: number): Promise<LoadFigures> => {
    const running = await peer.start();
    try {
      prepared ??= await prepare(running, keys);
      return await enrollAll(running, prepared, connections);
    } finally {
      await stop(running.child);
    }
  };
  return async (connections: number): Promise<LoadFigures> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run(connections);
      } catch (cause) {
        if (attempt < TRIES) continue;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${name}: ${why}`, { cause });
      }
    }
  };
}

/** Sends every request until `count` were sent, each time to an empty store, so that the compiler has seen all. */
export async function warmUp(skep: RunningServer, keys: readonly KeyObject[], count: number): Promise<void> {
  const { requests } = await prepare(skep, keys);
  const bodies = requests.map(({ message }) => message);
  for (let sent = 0; sent < count; sent += bodies.length) {
    await fetch(`${skep.url}/reset`);
    await load({ url: skep.scepUrl, contentType: SCEP, connections: 8, bodies, server: skep.child });
  }
}

/** One enrollment. @returns its certificate, which stays in the store until the next reset. */
export async function enrollOne(skep: RunningServer, key: KeyObject): Promise<Certificate> {
  const { requests, ca } = await prepare(skep, [key]);
  const bodies = requests.map(({ message }) => message);
  const { answers } = await load({
    url: skep.scepUrl,
    contentType: SCEP,
    connections: 1,
    bodies,
    server: skep.child,
  });
  const [request] = requests;
  if (!request) throw new Error('no key to enroll with');
  return checkAnswer(request, answers[0] ?? new Uint8Array(), ca);
}

async function prepare(server: RunningServer, keys: readonly KeyObject[]): Promise<Prepared> {
  const ca = await readCa(server.scepUrl.split('?', 1)[0] ?? '');
  return { requests: prepareRequests(keys, ca.encryption), ca };
}

async function enrollAll(
  { child, scepUrl }: RunningServer,
  { requests, ca }: Prepared,
  connections: number,
): Promise<LoadFigures> {
  const bodies = requests.map(({ message }) => message);
  const { answers, ...figures } = await load({
    url: scepUrl,
    contentType: SCEP,
    connections,
    bodies,
    openWith: scepUrl.replace('PKIOperation', 'GetCACaps'),
    server: child,
  });
  for (const [index, request] of requests.entries()) {
    checkAnswer(request, answers[index] ?? new Uint8Array(), ca);
  }
  return figures;
}

function summarize(all: readonly LoadFigures[], connections: number): LoadFigures {
  const runs = all.filter((figures) => figures.connections === connections);
  const of = (field: keyof LoadFigures) => median(runs.map((figures) => figures[field]));
  return {
    connections,
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p95Ms: of('p95Ms'),
    p99Ms: of('p99Ms'),
    cpuUs: of('cpuUs'),
  };
}
