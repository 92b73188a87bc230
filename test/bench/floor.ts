/**
 * @module The crypto floor: what the arithmetic of one enrollment costs by itself, measured in turn with the whole
 * enrollment, in one process.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { fromBER } from 'asn1js';
import { readCertificate, selectCaCertificates } from '../../dev/scep-client/index.js';
import type { HttpRequest } from '../../lib/http/http.js';
import { createBenchAuthority, type BenchAuthority } from './authority.js';
import { median } from './figures.js';
import { checkAnswer, prepareKeys, prepareRequests, type PreparedRequest } from './requests.js';
import { createBenchService, type BenchService } from './service.js';

export interface FloorFigures {
  /** CPU time of one enrollment in microseconds, median of the rounds. */
  readonly enrollmentUs: number;
  readonly floorUs: number;
  /** Floor by enrollment: 1 is a server that does nothing but arithmetic. Median of the rounds' pairs. */
  readonly ratio: number;
  /**
   * What is not arithmetic, by the time that asn1js takes to read the same messages: JavaScript beside JavaScript, the
   * same on a processor that is quick at RSA. Median of the rounds.
   */
  readonly ownByReading: number;
}

export interface FloorOptions {
  readonly keys: number;
  /** Before the first round that counts, so that the compiler has seen all. */
  readonly warmUpRounds: number;
  readonly rounds: number;
}

/** Octets of an envelope's contents on the way in and on the way out. */
const REQUEST_OCTETS = 1200;
const ANSWER_OCTETS = 1040;

export async function measureFloor({ keys, warmUpRounds, rounds }: FloorOptions): Promise<FloorFigures> {
  const bench = await createBenchAuthority();
  const { issuer, recipients } = bench.authority;
  const ca = selectCaCertificates([recipients[0].certificate, issuer.certificate].map(readCertificate));
  const requests = prepareRequests(await prepareKeys(keys), ca.encryption);
  const floor = createFloor(bench, requests);
  const reading = () => {
    readAll(requests);
  };

  const service = createBenchService(bench.authority);
  const first = await enrollAll(service, requests);
  for (const [index, request] of requests.entries()) {
    checkAnswer(request, first[index] ?? new Uint8Array(), ca);
  }
  const enrollments: number[] = [];
  const floors: number[] = [];
  const readings: number[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const enrollmentUs = (await cpuUs(() => enrollAll(service, requests))) / keys;
    const floorUs = (await cpuUs(floor)) / keys;
    const readingUs = (await cpuUs(reading)) / keys;
    if (round < 0) continue;
    enrollments.push(enrollmentUs);
    floors.push(floorUs);
    readings.push(readingUs);
  }
  return {
    enrollmentUs: median(enrollments),
    floorUs: median(floors),
    ratio: median(floors.map((floorUs, round) => floorUs / (enrollments[round] ?? NaN))),
    ownByReading: median(
      readings.map((readingUs, round) => ((enrollments[round] ?? NaN) - (floors[round] ?? NaN)) / readingUs),
    ),
  };
}

async function enrollAll(
  { handle, store }: BenchService,
  requests: readonly PreparedRequest[],
): Promise<Uint8Array[]> {
  store.clear();
  const answers: Uint8Array[] = [];
  for (const { message } of requests) {
    const { status, body } = await handle('static', 'pkiclient.exe', toRequest(message));
    if (status !== 200) throw new Error(`HTTP ${status}`);
    answers.push(body);
  }
  return answers;
}

function toRequest(message: Uint8Array): HttpRequest {
  return {
    method: 'POST',
    url: 'http://bench.test/static/pkiclient.exe?operation=PKIOperation',
    headers: { get: (name) => (name === 'content-length' ? String(message.length) : null) },
    arrayBuffer: () => Promise.resolve(new Uint8Array(message).buffer),
  };
}

/** One unwrap, two signatures, two keys read, two signatures checked, one key wrapped, AES both ways, four hashes. */
function createFloor({ caKey, raKey }: BenchAuthority, requests: readonly PreparedRequest[]): () => void {
  const signed = randomBytes(600);
  const raPublic = createPublicKey(raKey);
  const wrapped = publicEncrypt({ key: raPublic, padding: constants.RSA_PKCS1_PADDING }, randomBytes(32));
  const devices = requests.map(({ signer }) => ({
    pkcs1: createPublicKey(signer.key).export({ format: 'der', type: 'pkcs1' }),
    signature: sign('sha256', signed, signer.key),
  }));
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const [asked, answered] = [Buffer.alloc(REQUEST_OCTETS), Buffer.alloc(ANSWER_OCTETS)];
  return () => {
    for (const { pkcs1, signature } of devices) {
      privateDecrypt({ key: raKey, padding: constants.RSA_NO_PADDING }, wrapped);
      const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
      decipher.update(asked);
      decipher.final();
      for (let i = 0; i < 2; i++) {
        const publicKey = createPublicKey({ key: pkcs1, format: 'der', type: 'pkcs1' });
        if (!verify('sha256', signed, publicKey, signature)) throw new Error('the floor does not hold');
        if (i === 0) publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
      }
      sign('sha256', signed, caKey);
      sign('sha256', signed, raKey);
      const cipher = createCipheriv('aes-256-cbc', key, iv);
      cipher.update(answered);
      cipher.final();
      for (let i = 0; i < 4; i++) createHash('sha256').update(asked).digest();
    }
  };
}

function readAll(requests: readonly PreparedRequest[]): void {
  for (const { message } of requests) {
    if (fromBER(message).offset !== message.length) throw new Error('asn1js reads no message');
  }
}

async function cpuUs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
