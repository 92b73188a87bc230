/** @module Sends prepared requests over a number of connections and takes the times. Loopback only. */
import { Agent, request as httpRequest, type RequestOptions } from 'node:http';
import type { ChildProcess } from 'node:child_process';
import { percentile } from './figures.js';
import { cpuUs } from './processes.js';

export interface LoadOptions {
  readonly url: string;
  readonly contentType: string;
  readonly connections: number;
  readonly bodies: readonly Uint8Array[];
  /**
   * Asked for on each connection before the time is taken: Node accepts one connection for all the work that it finds
   * waiting, so in a short run the last ones would be waited for the longest. Default: connections open meanwhile.
   */
  readonly openWith?: string;
  /** Default true; `openssl ocsp` knows only one request a connection. */
  readonly keepAlive?: boolean;
  readonly server: ChildProcess;
}

export interface LoadFigures {
  readonly connections: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server for one answer. */
  readonly cpuUs: number;
}

export interface LoadResult extends LoadFigures {
  /** In the order of the requests. */
  readonly answers: readonly Uint8Array[];
}

/** @throws when an answer is not HTTP 200. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { bodies, connections, server, openWith, keepAlive = true } = options;
  const agent = new Agent({ keepAlive, maxSockets: connections });
  const answers: Uint8Array[] = [];
  const times: number[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < bodies.length; index = next++) {
      const started = performance.now();
      answers[index] = await post(agent, options, bodies[index] ?? new Uint8Array());
      times.push(performance.now() - started);
    }
  };
  if (openWith !== undefined)
    await Promise.all(
      Array.from({ length: connections }, () => exchange(agent, openWith, { method: 'GET' })),
    );
  const cpuBefore = cpuUs(server);
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, work));
  const elapsedMs = performance.now() - started;
  agent.destroy();
  return {
    connections,
    perSecond: (bodies.length / elapsedMs) * 1000,
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
    p99Ms: percentile(times, 99),
    cpuUs: (cpuUs(server) - cpuBefore) / bodies.length,
    answers,
  };
}

function post(agent: Agent, { url, contentType }: LoadOptions, body: Uint8Array): Promise<Uint8Array> {
  const headers = { 'content-type': contentType, 'content-length': body.length };
  return exchange(agent, url, { method: 'POST', headers }, body);
}

function exchange(
  agent: Agent,
  url: string,
  options: RequestOptions,
  body?: Uint8Array,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { ...options, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        if (incoming.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`HTTP ${String(incoming.statusCode)}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
