/**
 * @module `npm run bench:store`: what a hundred thousand certificates cost. The CRL of a tenth of them, and how much
 * slower OCSP and lookups are than with a thousand: ratios, because a machine's own speed says nothing. It ends with 1
 * when a limit is exceeded.
 *
 * `--json` prints the numbers alone; `--certificates N` changes the size of the big store.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startAzurite, type Azurite } from '../../dev/azurite.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { createTestAuthority, issueLeaf } from '../support/test-authority.js';
import { seedStore } from '../support/store-seed.js';
import { createProgress } from '../support/progress.js';
import {
  measureCrl,
  measureOperations,
  type CrlCost,
  type OperationCost,
  type StoreUnderTest,
} from './store-measurements.js';

const SMALL = 1_000;
const REVOKED_SHARE = 0.1;
const LIMITS = { crlSeconds: 5, crlMegabytes: 300, ratio: 1.3 } as const;

/** Each in a process of its own, which has done nothing else: memory counts. */
type Errand =
  | { readonly what: 'crl'; readonly store: StoreUnderTest }
  | { readonly what: 'operations'; readonly small: StoreUnderTest; readonly big: StoreUnderTest };

type Result = CrlCost | readonly OperationCost[];
type Message = { readonly done: number } | { readonly result: Result };

/** @param done hears which share of the work is done, from 0 to 1. */
async function run(errand: Errand, done: (share: number) => void): Promise<Result> {
  return errand.what === 'crl' ? measureCrl(errand.store) : measureOperations(errand.small, errand.big, done);
}

async function send<T extends Result>(errand: Errand, done: (share: number) => void): Promise<T> {
  const child = fork(process.argv[1] ?? '', { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    return await new Promise<T>((resolve, reject) => {
      child.on('message', (message: Message) => {
        if ('result' in message) resolve(message.result as T);
        else done(message.done);
      });
      child.once('exit', (code) => {
        reject(new Error(`measuring ended with ${String(code)}`));
      });
      child.send(errand);
    });
  } finally {
    child.kill();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      certificates: { type: 'string', default: '100000' },
    },
  });
  const certificates = Number(values.certificates);
  if (!(Number.isInteger(certificates) && certificates >= SMALL)) {
    throw new Error(`--certificates wants a whole number from ${SMALL} on`);
  }
  const progress = createProgress(values.json);
  /** @returns takes the share that is done, from 0 to 1. */
  const show = (what: string): ((share: number) => void) => {
    const countPercent = progress.step(what, 100);
    let percent = 0;
    return (share) => {
      for (; percent < Math.floor(share * 100); percent++) countPercent();
    };
  };
  const ca = await createTestAuthority('rsa');
  const certificate = await issueLeaf(ca.authority.issuer);
  const issuer = Buffer.from(ca.authority.issuer.certificate).toString('base64');
  const caKey = ca.caKey.export({ format: 'pem', type: 'pkcs8' }).toString();

  const azurites = await Promise.all([startAzurite(), startAzurite()]);
  try {
    const stores: StoreUnderTest[] = [];
    for (const [i, size] of [SMALL, certificates].entries()) {
      const storage = azurites[i] as Azurite;
      const fill = show(`Filling in ${size} rows`);
      const samples = await seedStore({
        storage,
        certificates: size,
        revoked: size * REVOKED_SHARE,
        issuerId: ca.issuerId,
        certificate,
        tbs: parseCertificate(certificate).tbs,
        onProgress: (seeded) => {
          fill(seeded / size);
        },
      });
      stores.push({ storage: storage.connectionString, samples, issuer, caKey });
    }
    const [small, big] = stores as [StoreUnderTest, StoreUnderTest];
    const crl = await send<CrlCost>({ what: 'crl', store: big }, show('Making the CRL'));
    const operations = await send<readonly OperationCost[]>(
      { what: 'operations', small, big },
      show('Asking both stores'),
    );
    progress.end();
    report({ certificates, crl, operations }, values.json);
  } finally {
    progress.end();
    await Promise.all(azurites.map((azurite) => azurite.close()));
  }
}

interface Results {
  readonly certificates: number;
  readonly crl: CrlCost;
  readonly operations: readonly OperationCost[];
}

function report({ certificates, crl, operations }: Results, asJson: boolean): void {
  const ratios = Object.fromEntries(operations.map(({ name, smallMs, bigMs }) => [name, bigMs / smallMs]));
  const exceeded = [
    ...(crl.seconds > LIMITS.crlSeconds ? ['the CRL takes too long'] : []),
    ...(crl.megabytes > LIMITS.crlMegabytes ? ['the CRL needs too much memory'] : []),
    ...Object.entries(ratios).flatMap(([name, ratio]) =>
      ratio > LIMITS.ratio ? [`${name} slows down`] : [],
    ),
  ];
  if (exceeded.length > 0) process.exitCode = 1;
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ certificates, crl, ratios, exceeded })}\n`);
    return;
  }
  const { entries, octets, seconds, megabytes } = crl;
  const lines = [
    `${certificates} certificates, ${entries} of them on the CRL`,
    `CRL            ${seconds.toFixed(2)} s (limit ${LIMITS.crlSeconds}), ${megabytes.toFixed(0)} MB at the peak of the process (limit ${LIMITS.crlMegabytes}), ${(octets / 1024).toFixed(0)} KiB`,
    `operation      ${SMALL} rows   ${certificates} rows   ratio (limit ${LIMITS.ratio})`,
    ...operations.map(
      ({ name, smallMs, bigMs }) =>
        `${name.padEnd(14)} ${smallMs.toFixed(2).padStart(6)} ms    ${bigMs.toFixed(2).padStart(8)} ms   ${(bigMs / smallMs).toFixed(2)}`,
    ),
    exceeded.length > 0 ? `Exceeded: ${exceeded.join(', ')}` : 'Within all limits.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

if (process.send) {
  const [errand] = (await once(process, 'message')) as [Errand];
  const result = await run(errand, (share) => process.send?.({ done: share } satisfies Message));
  process.send({ result } satisfies Message);
} else {
  await main();
}
