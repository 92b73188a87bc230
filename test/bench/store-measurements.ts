/** @module What the benchmark of the store measures: one CRL, and single operations on two stores in turns. */
import { createPrivateKey } from 'node:crypto';
import { systemClock } from '../../lib/base/clock.js';
import { silentLogger } from '../../lib/base/log.js';
import { systemRandom } from '../../lib/base/random.js';
import type { Authority, AuthoritySource } from '../../lib/keys/authority.js';
import { createLocalDecrypter, createLocalSigner } from '../../lib/keys/local-key.js';
import { parseCrl } from '../../lib/pki/crl-reader.js';
import { createCrlPublisher } from '../../lib/revocation/crl-publisher.js';
import { createOcspResponder } from '../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../lib/revocation/responder-key.js';
import { createBlobPublications } from '../../lib/store/blob-publications.js';
import type { StoreConnection } from '../../lib/store/connection.js';
import { createTableStore } from '../../lib/store/table-store.js';
import { encodeCertId, encodeOcspRequest } from '../support/ocsp-request.js';
import type { Sample } from '../support/store-seed.js';
import { percentile } from './figures.js';

export interface StoreUnderTest {
  /** Connection string. */
  readonly storage: string;
  readonly samples: readonly Sample[];
  /** Certificate of the CA, base64 DER. */
  readonly issuer: string;
  /** Its key, PKCS#8 PEM. */
  readonly caKey: string;
}

export interface CrlCost {
  readonly entries: number;
  readonly octets: number;
  /** From the rows to the published document. */
  readonly seconds: number;
  /** Of the whole process, at its peak. */
  readonly megabytes: number;
}

export interface OperationCost {
  readonly name: string;
  /** Lower quartiles: what else the machine does only adds. */
  readonly smallMs: number;
  readonly bigMs: number;
}

const ROUNDS = 300;
const WARM_UP = 50;
/** For one operation: on a machine with much else to do, a slow answer is a number, too. */
const PATIENCE_MS = 60_000;

export async function measureCrl(store: StoreUnderTest): Promise<CrlCost> {
  const connection = connectionOf(store);
  const publisher = createCrlPublisher({
    authority: authorityOf(store),
    revoked: createTableStore({ connection, operationTimeoutMs: PATIENCE_MS }),
    publications: createBlobPublications({ connection, operationTimeoutMs: PATIENCE_MS }),
    clock: systemClock,
    logger: silentLogger,
    publicUrl: 'http://skep.test',
  });
  const start = performance.now();
  await publisher.publish('benchmark');
  const seconds = (performance.now() - start) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const der = await publisher.current();
  return { entries: [...parseCrl(der).entries()].length, octets: der.length, seconds, megabytes };
}

/**
 * The two stores take turns, so that whatever else the machine does strikes both.
 * @param done hears which share of the work is done, from 0 to 1.
 */
export async function measureOperations(
  small: StoreUnderTest,
  big: StoreUnderTest,
  done: (share: number) => void,
): Promise<readonly OperationCost[]> {
  const [onSmall, onBig] = [prepare(small), prepare(big)];
  const costs: OperationCost[] = [];
  const names = Object.keys(onSmall) as (keyof typeof onSmall)[];
  for (const name of names) {
    done(costs.length / names.length);
    const times: { readonly small: number[]; readonly big: number[] } = { small: [], big: [] };
    for (let i = 0; i < WARM_UP + ROUNDS; i++) {
      const measure = {
        small: () => time(onSmall[name], small, i),
        big: () => time(onBig[name], big, i),
      };
      for (const size of i % 2 === 0 ? (['small', 'big'] as const) : (['big', 'small'] as const)) {
        const tookMs = await measure[size]();
        if (i >= WARM_UP) times[size].push(tookMs);
      }
    }
    costs.push({ name, smallMs: quiet(times.small), bigMs: quiet(times.big) });
  }
  return costs;
}

const quiet = (times: readonly number[]): number => percentile(times, 25);

function prepare(store: StoreUnderTest) {
  const connection = connectionOf(store);
  const certificates = createTableStore({ connection, operationTimeoutMs: PATIENCE_MS });
  const issuer = Buffer.from(store.issuer, 'base64');
  const ocsp = createOcspResponder({
    authority: authorityOf(store),
    certificates,
    responderKeys: createResponderKeys({ clock: systemClock, random: systemRandom, logger: silentLogger }),
    clock: systemClock,
    logger: silentLogger,
    // A cache would answer for the store.
    settings: { cacheMs: 0 },
  });
  return {
    OCSP: async ({ serialNumber }: Sample) => {
      const { status } = await ocsp.respond(encodeOcspRequest([encodeCertId(issuer, serialNumber)]));
      if (status !== 'successful') throw new Error(`OCSP says ${status}`);
    },
    'by serial': async ({ serialNumber }: Sample) => {
      expectFound(await certificates.get(serialNumber));
    },
    'by claim': async ({ claim }: Sample) => {
      expectFound(await certificates.recall(claim));
    },
    'by device': async ({ deviceId }: Sample) => {
      expectFound((await certificates.search({ by: { deviceId } })).records[0]);
    },
    'by thumbprint': async ({ thumbprint }: Sample) => {
      expectFound((await certificates.search({ by: { thumbprint } })).records[0]);
    },
  };
}

function expectFound(found: unknown): void {
  if (!found) throw new Error('the store lost a certificate');
}

async function time(
  work: (sample: Sample) => Promise<void>,
  { samples }: StoreUnderTest,
  turn: number,
): Promise<number> {
  const start = performance.now();
  await work(samples[turn % samples.length] as Sample);
  return performance.now() - start;
}

const connectionOf = ({ storage }: StoreUnderTest): StoreConnection => ({
  kind: 'connectionString',
  value: storage,
});

/** In CA mode: an RA plays no part here. */
function authorityOf({ issuer, caKey }: StoreUnderTest): AuthoritySource {
  const key = createPrivateKey(caKey);
  const signer = createLocalSigner(key);
  const certificate = Buffer.from(issuer, 'base64');
  const authority: Authority = {
    mode: 'ca',
    issuer: { certificate, signer, algorithm: signer.algorithms[0] },
    chain: [],
    recipients: [{ certificate, signer, decrypter: createLocalDecrypter(key) }],
    trusted: [certificate],
  };
  return () => Promise.resolve(authority);
}
