import { beforeAll, describe, expect, it } from 'vitest';
import { decideStatus, mustBeListed } from '../../../lib/revocation/status.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';
import { deliver, reserve, REVOKED_AT, revokeRow } from './fixtures.js';

const store = createMemoryStore();
const GOOD = { status: 'good' };
const UNKNOWN = { status: 'unknown' };
const HELD = { status: 'revoked', since: REVOKED_AT, reason: 'certificateHold' };
const LATER = new Date('2050-01-01T00:00:00Z');
let ca: TestAuthority;

beforeAll(async () => {
  ca = await testAuthority('ec');
});

describe('the status of a certificate', () => {
  it('is unknown without a row, and for a row of another issuer', async () => {
    const { record } = await deliver(store, ca);
    expect(decideStatus(undefined, ca.issuerId)).toEqual(UNKNOWN);
    expect(decideStatus(record, 'AA'.repeat(32))).toEqual(UNKNOWN);
  });

  it('follows the row from reserved to delivered, held, released, revoked', async () => {
    const { record: reserved, certificate } = await reserve(store, ca);
    expect(decideStatus(reserved, ca.issuerId)).toEqual(UNKNOWN);
    const issued = await store.markIssued(reserved, certificate, REVOKED_AT);
    expect(decideStatus(issued, ca.issuerId)).toEqual(GOOD);
    const delivered = await store.markDelivered(issued, REVOKED_AT);
    expect(decideStatus(delivered, ca.issuerId)).toEqual(GOOD);
    const held = await revokeRow(store, delivered, 'certificateHold');
    expect(decideStatus(held, ca.issuerId)).toEqual(HELD);
    const released = await store.release(held, REVOKED_AT);
    expect(decideStatus(released, ca.issuerId)).toEqual(GOOD);
    const revoked = await revokeRow(store, released, 'superseded');
    expect(decideStatus(revoked, ca.issuerId)).toEqual({ ...HELD, reason: 'superseded' });
  });

  it('is revoked for an abandoned row: somebody may hold a signature', async () => {
    const abandoned = await store.abandon((await reserve(store, ca)).record, REVOKED_AT);
    expect(decideStatus(abandoned, ca.issuerId)).toEqual({ ...HELD, reason: 'unspecified' });
  });

  it('keeps its last word after the end', async () => {
    const delivered = (await deliver(store, ca)).record;
    const revoked = await revokeRow(store, (await deliver(store, ca)).record, 'keyCompromise');
    const abandoned = await store.abandon((await reserve(store, ca)).record, REVOKED_AT);
    await store.purgeExpired(LATER);
    const after = async (serialNumber: string) => {
      const record = await store.get(serialNumber);
      expect(record?.state).toBe('expired');
      return decideStatus(record, ca.issuerId);
    };
    expect(await after(delivered.serialNumber)).toEqual(GOOD);
    expect(await after(revoked.serialNumber)).toEqual({ ...HELD, reason: 'keyCompromise' });
    expect(await after(abandoned.serialNumber)).toEqual({ ...HELD, reason: 'unspecified' });
  });

  it('is revoked when an expired row has neither certificate nor revocation', async () => {
    const { record } = await reserve(store, ca);
    expect(decideStatus({ ...record, state: 'expired' }, ca.issuerId)).toEqual({
      status: 'revoked',
      since: record.reservedAt,
      reason: 'unspecified',
    });
  });
});

describe('an entry of the CRL', () => {
  const notAfter = new Date('2026-05-01T00:00:00Z');
  const entry = {
    serialNumber: '4F',
    issuerId: 'AA',
    revokedAt: REVOKED_AT,
    reason: 'superseded',
    notAfter,
  } as const;

  it('stays until it stood on one CRL that was issued after the certificate’s end', () => {
    expect(mustBeListed(entry, 'AA', undefined)).toBe(true);
    expect(mustBeListed(entry, 'AA', new Date(notAfter.getTime() - 1000))).toBe(true);
    expect(mustBeListed(entry, 'AA', notAfter)).toBe(true);
    expect(mustBeListed(entry, 'AA', new Date(notAfter.getTime() + 1000))).toBe(false);
  });

  it('belongs to its own issuer only', () => {
    expect(mustBeListed(entry, 'BB', undefined)).toBe(false);
  });
});
