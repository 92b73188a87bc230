/**
 * @module OCSP beside `openssl ocsp`, about the same certificate of the same CA. Ours keeps connections alive, as its
 * clients' proxies and the Functions host do; that responder takes one request a connection. So CPU time is compared.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '../../lib/base/bytes.js';
import type { Certificate } from '../../lib/pki/certificate.js';
import { octetString } from '../../lib/pki/der.js';
import { findFreePort } from '../support/free-port.js';
import { encodeCertId, encodeOcspRequest } from '../support/ocsp-request.js';
import { median } from './figures.js';
import { load, type LoadFigures } from './load.js';
import type { RunningServer } from './peers.js';
import { startPinned, stop, untilAnswers } from './processes.js';

export interface OcspFigures {
  /** Answers of the cache, and answers that are signed anew because each request has a nonce. */
  readonly cached: LoadFigures;
  readonly uncached: LoadFigures;
  readonly openssl: LoadFigures;
  /** CPU time for one answer, theirs by ours; medians of the pairs. */
  readonly cachedRatio: number;
  readonly uncachedRatio: number;
}

export interface OcspContest {
  readonly skep: RunningServer;
  /** Where `serve` put the CA's files. */
  readonly folder: string;
  /** A certificate that the server knows. */
  readonly certificate: Certificate;
  readonly requests: number;
  readonly rounds: number;
}

const CONTENT_TYPE = 'application/ocsp-request';

/** Requests of each kind before the first that counts: a server that answers logins has long been compiled. */
const WARM_UP = 4000;

export async function compareOcsp({
  skep,
  folder,
  certificate,
  requests,
  rounds,
}: OcspContest): Promise<OcspFigures> {
  const pem = readFileSync(join(folder, 'ca.pem'), 'utf8');
  const ca = fromBase64(pem.replace(/-----[^-]+-----|\s/g, ''));
  const certId = encodeCertId(ca, certificate.serialNumber);
  const plain = encodeOcspRequest([certId]);
  const repeated = Array.from({ length: requests }, () => plain);
  const fresh = repeated.map(() => encodeOcspRequest([certId], octetString(randomBytes(16))));

  const openssl = await startOpenssl(folder, certificate.serialNumber, plain);
  const rows: Record<'cached' | 'uncached' | 'openssl', LoadFigures>[] = [];
  try {
    const ask = async (
      server: RunningServer,
      bodies: readonly Uint8Array[],
      keepAlive = true,
    ): Promise<LoadFigures> => {
      const { url, child } = server;
      const options = {
        url,
        contentType: CONTENT_TYPE,
        connections: 1,
        bodies,
        keepAlive,
        server: child,
      };
      const { answers, ...figures } = await load(options);
      if (answers.some((answer) => !isSuccessful(answer)))
        throw new Error('an OCSP answer is not successful');
      return figures;
    };
    const own = { ...skep, url: `${skep.url}/ocsp` };
    for (let sent = 0; sent < WARM_UP; sent += requests) {
      await ask(own, fresh);
      await ask(own, repeated);
    }
    for (let round = 0; round < rounds; round++) {
      rows.push({
        cached: await ask(own, repeated),
        uncached: await ask(own, fresh),
        openssl: await ask(openssl, repeated, false),
      });
    }
  } finally {
    await stop(openssl.child);
  }
  const middle = (name: 'cached' | 'uncached' | 'openssl'): LoadFigures =>
    rows.map((row) => row[name]).sort((a, b) => a.cpuUs - b.cpuUs)[rows.length >> 1] as LoadFigures;
  return {
    cached: middle('cached'),
    uncached: middle('uncached'),
    openssl: middle('openssl'),
    cachedRatio: median(rows.map((row) => row.openssl.cpuUs / row.cached.cpuUs)),
    uncachedRatio: median(rows.map((row) => row.openssl.cpuUs / row.uncached.cpuUs)),
  };
}

async function startOpenssl(folder: string, serialNumber: string, probe: Uint8Array): Promise<RunningServer> {
  const index = join(folder, 'index.txt');
  writeFileSync(index, `V\t491231000000Z\t\t${serialNumber}\tunknown\t/CN=device\n`);
  const port = String(await findFreePort());
  const [ca, key] = [join(folder, 'ca.pem'), join(folder, 'ca.key.pem')];
  const files = ['-index', index, '-CA', ca, '-rsigner', ca, '-rkey', key];
  const child = startPinned('openssl', ['ocsp', '-port', port, '-ndays', '1', ...files]);
  child.stdout?.resume();
  const url = `http://127.0.0.1:${port}`;
  const options = {
    url,
    contentType: CONTENT_TYPE,
    connections: 1,
    bodies: [probe],
    keepAlive: false,
    server: child,
  };
  await untilAnswers(() => load(options));
  return { child, url, scepUrl: url };
}

/** OCSPResponse: a SEQUENCE that begins with the ENUMERATED `successful` (RFC 6960 section 4.2.1). */
function isSuccessful(response: Uint8Array): boolean {
  return Buffer.from(response)
    .subarray(0, 12)
    .includes(Buffer.of(0x0a, 0x01, 0x00));
}
