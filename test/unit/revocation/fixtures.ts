/** What the tests of this folder share: a clock that they move, rows in every state, publications in memory. */
import { createHash } from 'node:crypto';
import { toHex } from '../../../lib/base/bytes.js';
import type { Clock } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createLogger, type Logger } from '../../../lib/base/log.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import type { RevocationReason } from '../../../lib/store/states.js';
import type { CertificateRecord, CertificateStore } from '../../../lib/store/store.js';
import { createMemoryPublications, type MemoryPublications } from '../../support/memory-publications.js';
import { issueLeaf, type LeafFields, type TestAuthority } from '../../support/test-authority.js';

export interface TestClock extends Clock {
  advance(ms: number): void;
}

/** Starts at the real time, cut to seconds: openssl judges what it reads by its own clock. */
export function createTestClock(start: Date = new Date(Math.floor(Date.now() / 1000) * 1000)): TestClock {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance(ms) {
      now += ms;
    },
  };
}

export function createTestLogger(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  return { logger: createLogger((level, line) => lines.push(`${level} ${line}`), 'debug'), lines };
}

export interface Enrolled {
  readonly serialNumber: string;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly record: CertificateRecord;
}

/** A row that is `reserved`, and the certificate that would follow. */
export async function reserve(
  store: CertificateStore,
  ca: TestAuthority,
  fields: LeafFields = {},
): Promise<Enrolled> {
  const certificate = await issueLeaf(ca.authority.issuer, fields);
  const { serialNumber, notBefore, notAfter, tbs } = parseCertificate(certificate);
  const digest = toHex(createHash('sha256').update(certificate).digest());
  const record = await store.reserve({
    serialNumber,
    endpoint: 'intune',
    issuerId: ca.issuerId,
    claim: digest.slice(0, -1) + serialNumber.slice(-1),
    csrHash: digest,
    transactionId: serialNumber,
    subject: fields.subject ?? 'CN=device',
    subjectAltNames: [],
    notBefore,
    notAfter,
    tbs,
    reservedAt: new Date('2026-01-01T00:00:00Z'),
  });
  return { serialNumber, certificate, record };
}

/** A row that is `delivered`. */
export async function deliver(
  store: CertificateStore,
  ca: TestAuthority,
  fields: LeafFields = {},
): Promise<Enrolled> {
  const { certificate, record, serialNumber } = await reserve(store, ca, fields);
  const issued = await store.markIssued(record, certificate, record.reservedAt);
  return { serialNumber, certificate, record: await store.markDelivered(issued, record.reservedAt) };
}

export const REVOKED_AT: Date = new Date('2026-02-03T04:05:06.789Z');

/** A row that is `revoked`. */
export async function revoke(
  store: CertificateStore,
  ca: TestAuthority,
  reason: RevocationReason = 'keyCompromise',
  fields: LeafFields = {},
): Promise<Enrolled> {
  const delivered = await deliver(store, ca, fields);
  return { ...delivered, record: await revokeRow(store, delivered.record, reason) };
}

export const revokeRow = (
  store: CertificateStore,
  record: CertificateRecord,
  reason: RevocationReason,
): Promise<CertificateRecord> => store.revoke(record, { at: REVOKED_AT, reason, by: 'person:test' });

export interface TestPublications extends MemoryPublications {
  /** While true, every call fails as an outage does. */
  down: boolean;
}

export function createTestPublications(clock: Clock): TestPublications {
  const memory = createMemoryPublications(clock);
  const publications: TestPublications = {
    ...memory,
    down: false,
    async put(...args) {
      await assertUp();
      await memory.put(...args);
    },
    async get(name) {
      await assertUp();
      return memory.get(name);
    },
  };
  async function assertUp(): Promise<void> {
    await Promise.resolve();
    if (publications.down) throw new SkepError('ERR_STORE_UNAVAILABLE');
  }
  return publications;
}
