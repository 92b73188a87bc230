/**
 * One truth, three voices: for a certificate in every state of the store, `openssl ocsp`, another OCSP client that asks
 * by GET, and `openssl verify -crl_check` with the published CRL must say the same.
 */
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Certificate, OCSPRequest, OCSPResponse, BasicOCSPResponse } from 'pkijs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../lib/base/bytes.js';
import { DAY_MS, systemClock, type Clock } from '../../../lib/base/clock.js';
import { silentLogger } from '../../../lib/base/log.js';
import { createCrlHandler } from '../../../lib/http/crl.js';
import { createOcspHandler } from '../../../lib/http/ocsp.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { createCrlPublisher } from '../../../lib/revocation/crl-publisher.js';
import { createOcspResponder } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { createRevoker, type PermanentReason } from '../../../lib/revocation/revoker.js';
import { createBlobPublications } from '../../../lib/store/blob-publications.js';
import { REVOCATION_REASONS, type RevocationReason } from '../../../lib/store/states.js';
import type { CertificateRecord } from '../../../lib/store/store.js';
import { createTableStore } from '../../../lib/store/table-store.js';
import { useAzurite } from '../../support/azurite.js';
import { runCommand, runSuccessfully } from '../../support/run-command.js';
import { serve } from '../../support/serve.js';
import { issueLeaf, testAuthority, toPem, type TestAuthority } from '../../support/test-authority.js';

const azurite = useAzurite();
const ENDED = new Date(Date.now() - 2 * DAY_MS);
const BEGAN = new Date(Date.now() - 30 * DAY_MS);
const ENDS = new Date(Date.now() + 300 * DAY_MS);
/** Between the end of a certificate and now: what one CRL must still list. */
const AFTER_THE_END = new Date(ENDED.getTime() + DAY_MS);

let folder: string;
let ca: TestAuthority;
let caFile: string;
let bench: ReturnType<typeof createBench>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skep-states-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function useAuthority(kind: 'rsa' | 'ec'): Promise<void> {
  ca = await testAuthority(kind);
  caFile = join(folder, `${kind}.pem`);
  writeFileSync(caFile, ca.caPem);
  bench = createBench();
}

function createBench() {
  const connection = azurite.connection();
  const store = createTableStore({ connection });
  const parts = { authority: ca.source, clock: systemClock, logger: silentLogger };
  const ocsp = createOcspResponder({
    ...parts,
    certificates: store,
    responderKeys: createResponderKeys({ ...parts, random: randomBytes }),
  });
  const createPublisher = (clock: Clock) =>
    createCrlPublisher({
      ...parts,
      clock,
      revoked: store,
      publications: createBlobPublications({ connection }),
      publicUrl: 'http://skep.test',
    });
  const crl = createPublisher(systemClock);
  const revoker = createRevoker({ ...parts, store, ocsp, crl });
  return { store, ocsp, crl, revoker, createPublisher };
}

/** A row that is reserved, with what would be signed. */
async function reserve(notAfter = ENDS): Promise<{ record: CertificateRecord; certificate: Uint8Array }> {
  const certificate = await issueLeaf(ca.authority.issuer, { notBefore: BEGAN, notAfter });
  const { serialNumber, notBefore, tbs } = parseCertificate(certificate);
  const digest = toHex(createHash('sha256').update(certificate).digest());
  const record = await bench.store.reserve({
    serialNumber,
    endpoint: 'intune',
    issuerId: ca.issuerId,
    claim: digest.slice(0, -1) + serialNumber.slice(-1),
    csrHash: digest,
    transactionId: serialNumber,
    subject: 'CN=device',
    subjectAltNames: [],
    notBefore,
    notAfter,
    tbs,
    reservedAt: BEGAN,
  });
  return { record, certificate };
}

async function issue(notAfter?: Date) {
  const { record, certificate } = await reserve(notAfter);
  return { record: await bench.store.markIssued(record, certificate, BEGAN), certificate };
}

async function deliver(notAfter?: Date) {
  const { record, certificate } = await issue(notAfter);
  return { record: await bench.store.markDelivered(record, BEGAN), certificate };
}

type Made = Awaited<ReturnType<typeof deliver>>;

async function revoke(reason: PermanentReason): Promise<Made> {
  const made = await deliver();
  await bench.revoker.revoke(made.record.serialNumber, reason, 'person:1');
  return made;
}

async function hold(): Promise<Made> {
  const made = await deliver();
  await bench.revoker.hold(made.record.serialNumber, 'person:1');
  return made;
}

async function release(): Promise<Made> {
  const made = await hold();
  await bench.revoker.release(made.record.serialNumber, 'person:1');
  return made;
}

/** Every row that ended before yesterday gets the state. */
const expireEnded = () => bench.store.purgeExpired(AFTER_THE_END);

async function neverIssued(): Promise<Pick<Made, 'certificate'>> {
  return { certificate: await issueLeaf(ca.authority.issuer, { notBefore: BEGAN, notAfter: ENDS }) };
}

interface Voices {
  /** `good`, `unknown`, or `revoked` and the number of the reason. */
  readonly opensslOcsp: string;
  /** The same without a reason. */
  readonly pkijsOcsp: string;
  /** `listed` and the reason, or `not listed`. */
  readonly crl: string;
  readonly verify: 'ok' | 'revoked';
}

async function hear(certificate: Uint8Array): Promise<Voices> {
  const ocspUrl = `${await serve(createOcspHandler(bench.ocsp, systemClock))}/ocsp`;
  const crlUrl = `${await serve(createCrlHandler(bench.crl, systemClock))}/crl/ca.pem`;
  const leafFile = join(folder, 'leaf.pem');
  const crlFile = join(folder, 'crl.pem');
  writeFileSync(leafFile, toPem('CERTIFICATE', certificate));
  writeFileSync(crlFile, await (await fetch(crlUrl)).text());
  return {
    opensslOcsp: await askByOpenssl(leafFile, ocspUrl),
    pkijsOcsp: await askByGet(certificate, ocspUrl),
    crl: await lookUp(certificate, crlFile),
    verify: await verify(leafFile, crlFile),
  };
}

async function askByOpenssl(leafFile: string, url: string): Promise<string> {
  const args = ['ocsp', '-issuer', caFile, '-CAfile', caFile, '-cert', leafFile, '-url', url, '-resp_text'];
  const said = await runSuccessfully('openssl', args);
  expect(said).toContain('Response verify OK');
  const [, status = '?'] = /leaf\.pem: (\w+)/.exec(said) ?? [];
  if (status !== 'revoked') return status;
  // It has no name for the youngest two reasons, so the number is read.
  const [, reason = '0'] = /Revocation Reason: .*\(0x([0-9a-f]+)\)/.exec(said) ?? [];
  return `${status} ${Number.parseInt(reason, 16)}`;
}

async function askByGet(certificate: Uint8Array, url: string): Promise<string> {
  const leaf = Certificate.fromBER(new Uint8Array(certificate));
  const issuer = Certificate.fromBER(new Uint8Array(ca.authority.issuer.certificate));
  const request = new OCSPRequest();
  await request.createForCertificate(leaf, { hashAlgorithm: 'SHA-1', issuerCertificate: issuer });
  const path = encodeURIComponent(toBase64(new Uint8Array(request.toSchema(true).toBER())));
  const answer = await fetch(`${url}/${path}`);
  const response = OCSPResponse.fromBER(await answer.arrayBuffer());
  const bytes = response.responseBytes?.response.valueBlock.valueHexView;
  if (!bytes) throw new Error(`no answer: ${response.responseStatus.valueBlock.valueDec}`);
  const basic = BasicOCSPResponse.fromBER(new Uint8Array(bytes));
  expect(await basic.verify({ trustedCerts: [issuer] })).toBe(true);
  const { isForCertificate, status } = await basic.getCertificateStatus(leaf, issuer);
  expect(isForCertificate).toBe(true);
  return ['good', 'revoked', 'unknown'][status] ?? '?';
}

async function lookUp(certificate: Uint8Array, crlFile: string): Promise<string> {
  const text = await runSuccessfully('openssl', [
    'crl',
    '-in',
    crlFile,
    '-CAfile',
    caFile,
    '-noout',
    '-text',
  ]);
  expect(text).toContain('verify OK');
  const { serialNumber } = parseCertificate(certificate);
  const entry = text
    .split('Serial Number: ')
    .find((part) => part.startsWith(serialNumber.replace(/^00/, '')));
  if (!entry) return 'not listed';
  const [, reason = ''] = /Reason Code:\s*\n\s*(.+)/.exec(entry) ?? [];
  return `listed ${reason}`.trim();
}

async function verify(leafFile: string, crlFile: string): Promise<'ok' | 'revoked'> {
  const args = ['verify', '-CAfile', caFile, '-CRLfile', crlFile, '-crl_check', '-no_check_time', leafFile];
  const { status, output } = await runCommand('openssl', args);
  if (status === 0) return 'ok';
  expect(output).toContain('certificate revoked');
  return 'revoked';
}

const GOOD: Voices = { opensslOcsp: 'good', pkijsOcsp: 'good', crl: 'not listed', verify: 'ok' };
/** Nobody has it: there is nothing to say, and nothing to revoke. */
const UNKNOWN: Voices = { ...GOOD, opensslOcsp: 'unknown', pkijsOcsp: 'unknown' };
const revokedAs = (reason: RevocationReason): Voices => ({
  opensslOcsp: `revoked ${REVOCATION_REASONS[reason]}`,
  pkijsOcsp: 'revoked',
  crl: `listed ${REASON_TEXTS[reason]}`.trim(),
  verify: 'revoked',
});

/** As openssl prints each reason, in a CRL. */
const REASON_TEXTS: Readonly<Record<RevocationReason, string>> = {
  unspecified: '',
  keyCompromise: 'Key Compromise',
  cACompromise: 'CA Compromise',
  affiliationChanged: 'Affiliation Changed',
  superseded: 'Superseded',
  cessationOfOperation: 'Cessation Of Operation',
  privilegeWithdrawn: 'Privilege Withdrawn',
  aACompromise: 'AA Compromise',
  certificateHold: 'Certificate Hold',
};

describe('a certificate that is', () => {
  beforeAll(() => useAuthority('rsa'));

  const states: readonly (readonly [string, () => Promise<Pick<Made, 'certificate'>>, Voices])[] = [
    ['never issued by us', neverIssued, UNKNOWN],
    ['reserved', () => reserve(), UNKNOWN],
    ['issued', () => issue(), GOOD],
    ['delivered', () => deliver(), GOOD],
    ['on hold', hold, revokedAs('certificateHold')],
    ['released', release, GOOD],
    ['abandoned', abandon, revokedAs('unspecified')],
    ['expired', expire, GOOD],
  ];

  it.each(states)('%s', async (_name, make, expected) => {
    const { certificate } = await make();
    await bench.crl.publish('test');
    expect(await hear(certificate)).toEqual(expected);
  });

  const reasons = (Object.keys(REVOCATION_REASONS) as RevocationReason[]).filter(
    (reason) => reason !== 'certificateHold',
  );

  it.each(reasons)('revoked: %s', async (reason) => {
    const { certificate } = await revoke(reason);
    expect(await hear(certificate)).toEqual(revokedAs(reason));
  });
});

async function abandon(): Promise<Made> {
  const made = await reserve();
  await bench.store.abandon(made.record, new Date());
  return made;
}

async function expire(): Promise<Made> {
  const made = await deliver(ENDED);
  await expireEnded();
  expect(await bench.store.get(made.record.serialNumber)).toMatchObject({ state: 'expired' });
  return made;
}

describe('a certificate that was revoked and has ended', () => {
  beforeAll(() => useAuthority('ec'));

  it('stands on one more CRL, and OCSP never forgets', async () => {
    const beforeTheEnd: Clock = { now: () => new Date(ENDED.getTime() - DAY_MS) };
    await bench.createPublisher(beforeTheEnd).publish('test');
    const { record, certificate } = await deliver(ENDED);
    await bench.store.revoke(record, { at: BEGAN, reason: 'keyCompromise', by: 'person:1' });

    await bench.crl.publish('test');
    const revoked = revokedAs('keyCompromise');
    expect(await hear(certificate)).toEqual(revoked);
    await bench.crl.publish('test');
    expect(await hear(certificate)).toEqual({ ...revoked, crl: 'not listed', verify: 'ok' });
    await expireEnded();
    expect(await bench.store.get(record.serialNumber)).toMatchObject({ state: 'expired' });
    await bench.crl.publish('test');
    expect(await hear(certificate)).toEqual({ ...revoked, crl: 'not listed', verify: 'ok' });
  });
});
