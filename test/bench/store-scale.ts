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
import { startAzurite } from '../../dev/azurite.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { createTestAuthority, issueLeaf } from '../support/test-authority.js';
import { seedStore } from '../support/store-seed.js';
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

async function run(errand: Errand): Promise<CrlCost | readonly OperationCost[]> {
  return errand.what === 'crl' ? measureCrl(errand.store) : measureOperations(errand.small, errand.big);
}

async function send<T>(errand: Errand): Promise<T> {
  const child = fork(process.argv[1] ?? '', { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(errand);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`measuring ended with ${String(code)}`);
  });
  const [result] = (await Promise.race([once(child, 'message'), failed])) as [T];
  failed.catch(() => undefined);
  child.kill();
  return result;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      certificates: { type: 'string', default: '100000' },
    },
  });
  const certificates = Number(values.certificates);
  const tell = (text: string) => (values.json ? undefined : process.stderr.write(text));
  const ca = await createTestAuthority('rsa');
  const certificate = await issueLeaf(ca.authority.issuer);
  const issuer = Buffer.from(ca.authority.issuer.certificate).toString('base64');
  const caKey = ca.caKey.export({ format: 'pem', type: 'pkcs8' }).toString();

  const azurites = await Promise.all([startAzurite(), startAzurite()]);
  try {
    const stores: StoreUnderTest[] = [];
    for (const [i, size] of [SMALL, certificates].entries()) {
      const storage = azurites[i]?.connectionString ?? '';
      const samples = await seedStore({
        connection: { kind: 'connectionString', value: storage },
        certificates: size,
        revoked: size * REVOKED_SHARE,
        issuerId: ca.issuerId,
        certificate,
        tbs: parseCertificate(certificate).tbs,
        onProgress: (seeded) => tell(`\rseeded ${seeded} of ${size}`),
      });
      stores.push({ storage, samples, issuer, caKey });
    }
    tell('\r');
    const [small, big] = stores as [StoreUnderTest, StoreUnderTest];
    const crl = await send<CrlCost>({ what: 'crl', store: big });
    const operations = await send<readonly OperationCost[]>({ what: 'operations', small, big });
    report({ certificates, crl, operations }, values.json);
  } finally {
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
  process.send(await run(errand));
} else {
  await main();
}
