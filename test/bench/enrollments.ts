/** @module Enrollments of this server and of another one, in turn, with the same keys, at 1, 8 and 32 connections. */
import type { KeyObject } from 'node:crypto';
import type { CaCertificates } from '../../dev/scep-client/index.js';
import type { Certificate } from '../../lib/pki/certificate.js';
import { median } from './figures.js';
import { load, type LoadFigures } from './load.js';
import { readCa, type RunningServer, type ScepPeer } from './peers.js';
import { stop } from './processes.js';
import { checkAnswer, prepareRequests, type PreparedRequest } from './requests.js';

const CONNECTIONS = [1, 8, 32] as const;

export interface EnrollmentFigures {
  /** Medians of the rounds, one row for each number of connections. */
  readonly skep: readonly LoadFigures[];
  readonly peer: readonly LoadFigures[];
  /** Enrollments per second, ours by theirs: the median of all pairs; null without a peer. */
  readonly ratio: number | null;
  /** CPU time for one enrollment, theirs by ours. */
  readonly cpuRatio: number | null;
}

interface Prepared {
  readonly requests: readonly PreparedRequest[];
  readonly ca: CaCertificates;
}

const SCEP = 'application/x-pki-message';

export interface Contest {
  readonly skep: RunningServer;
  readonly peer: ScepPeer | undefined;
  readonly keys: readonly KeyObject[];
  readonly rounds: number;
}

export async function compareEnrollments({ skep, peer, keys, rounds }: Contest): Promise<EnrollmentFigures> {
  const ours = await prepare(skep, keys);
  let theirs: Prepared | undefined;
  const runs: { readonly skep: LoadFigures; readonly peer: LoadFigures | undefined }[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const connections of CONNECTIONS) {
      await fetch(`${skep.url}/reset`);
      const own = await enrollAll(skep, ours, connections);
      const other = peer && (await withPeer(peer, connections));
      runs.push({ skep: own, peer: other });
    }
  }

  async function withPeer(fresh: ScepPeer, connections: number): Promise<LoadFigures> {
    const running = await fresh.start();
    try {
      theirs ??= await prepare(running, keys);
      return await enrollAll(running, theirs, connections);
    } finally {
      await stop(running.child);
    }
  }

  const pairs = runs.flatMap(({ skep: own, peer: other }) => (other ? [{ own, other }] : []));
  return {
    skep: CONNECTIONS.map((count) =>
      summarize(
        runs.map((run) => run.skep),
        count,
      ),
    ),
    peer: peer
      ? CONNECTIONS.map((count) =>
          summarize(
            pairs.map(({ other }) => other),
            count,
          ),
        )
      : [],
    ratio: pairs.length > 0 ? median(pairs.map(({ own, other }) => own.perSecond / other.perSecond)) : null,
    cpuRatio: pairs.length > 0 ? median(pairs.map(({ own, other }) => other.cpuUs / own.cpuUs)) : null,
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
