import { describe, expect, it, vi } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createRevoker, type RevocationOrder } from '../../../lib/revocation/revoker.js';
import type { RevocationStore } from '../../../lib/store/store.js';
import { createMemoryStore, type MemoryStore } from '../../../dev/memory-store.js';
import { certificateOf, deliver, issue, makeReservation } from '../../contract/store/records.js';
import { createTestClock, createTestLogger } from './fixtures.js';

function setUp(change: (store: MemoryStore) => RevocationStore = (store) => store) {
  const store = createMemoryStore();
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const invalidated: string[] = [];
  const crl = { published: 0, fails: false };
  const revoker = createRevoker({
    store: change(store),
    ocsp: { invalidate: (serialNumber) => invalidated.push(serialNumber) },
    crl: {
      publish: () => {
        if (crl.fails) return Promise.reject(new SkepError('ERR_SIGNER_UNAVAILABLE'));
        crl.published++;
        return Promise.resolve();
      },
    },
    clock,
    logger,
  });
  return { store, revoker, clock, lines, invalidated, crl };
}

const BY = 'person:ada';
const codeOf = (result: unknown) => (result instanceof SkepError ? result.code : result);

describe('the revoker', () => {
  it('writes the row, then tells OCSP and the CRL', async () => {
    const { store, revoker, clock, invalidated, crl, lines } = setUp();
    const { serialNumber } = await deliver(store, makeReservation());
    const { record, changed } = await revoker.revoke(serialNumber, 'keyCompromise', BY);
    expect(changed).toBe(true);
    expect(record).toMatchObject({
      state: 'revoked',
      revocation: { at: clock.now(), reason: 'keyCompromise', by: BY, from: 'delivered' },
    });
    expect(store.records.get(serialNumber)).toEqual(record);
    expect(invalidated).toEqual([serialNumber]);
    expect(crl.published).toBe(1);
    expect(lines.join()).toContain(
      `info Revoked a certificate serialNumber=${serialNumber} by=${BY} reason=keyCompromise from=delivered to=revoked`,
    );
  });

  it('leaves what is revoked as it is, and publishes again', async () => {
    const { store, revoker, clock, crl } = setUp();
    const { serialNumber } = await deliver(store, makeReservation());
    const first = await revoker.revoke(serialNumber, 'keyCompromise', BY);
    clock.advance(1000);
    for (const again of [
      await revoker.revoke(serialNumber, 'superseded', 'intune'),
      await revoker.hold(serialNumber, 'directory'),
    ]) {
      expect(again).toEqual({ record: first.record, changed: false });
    }
    expect(crl.published).toBe(3);
  });

  it('announces what the path of an enrollment has revoked, and never fails at it', async () => {
    const { revoker, invalidated, crl, lines } = setUp();
    revoker.announce('AB');
    expect(invalidated).toEqual(['AB']);
    await vi.waitFor(() => {
      expect(crl.published).toBe(1);
    });
    crl.fails = true;
    revoker.announce('AB');
    await vi.waitFor(() => {
      expect(lines.join()).toContain('ERR_SIGNER_UNAVAILABLE');
    });
  });

  it('holds, holds again, releases, releases again', async () => {
    const { store, revoker, crl } = setUp();
    const { serialNumber } = await deliver(store, makeReservation());
    expect(await revoker.hold(serialNumber, BY)).toMatchObject({
      changed: true,
      record: { state: 'revoked', revocation: { reason: 'certificateHold' } },
    });
    expect(await revoker.hold(serialNumber, 'directory')).toMatchObject({
      changed: false,
      record: { revocation: { by: BY } },
    });
    expect(await revoker.release(serialNumber, BY)).toMatchObject({
      changed: true,
      record: { state: 'delivered' },
    });
    expect(await revoker.release(serialNumber, BY)).toMatchObject({ changed: false });
    expect(crl.published).toBe(4);
  });

  it('makes a hold permanent and remembers where it came from', async () => {
    const { store, revoker } = setUp();
    const { serialNumber } = await issue(store, makeReservation());
    await revoker.hold(serialNumber, BY);
    expect((await revoker.revoke(serialNumber, 'affiliationChanged', BY)).record.revocation).toMatchObject({
      reason: 'affiliationChanged',
      from: 'issued',
    });
    await expect(revoker.release(serialNumber, BY)).rejects.toMatchObject({ code: 'ERR_NOT_ON_HOLD' });
  });

  it('abandons what is still reserved, and cannot hold it', async () => {
    const { store, revoker } = setUp();
    const { serialNumber } = await store.reserve(makeReservation());
    await expect(revoker.hold(serialNumber, BY)).rejects.toMatchObject({ code: 'ERR_STATE' });
    expect(await revoker.revoke(serialNumber, 'unspecified', BY)).toMatchObject({
      changed: true,
      record: { state: 'abandoned' },
    });
    expect(await revoker.revoke(serialNumber, 'unspecified', BY)).toMatchObject({ changed: false });
    await expect(revoker.release(serialNumber, BY)).rejects.toMatchObject({ code: 'ERR_NOT_ON_HOLD' });
  });

  it('says that it does not know a serial number, and publishes nothing', async () => {
    const { revoker, crl } = setUp();
    await expect(revoker.revoke('ABCD', 'unspecified', BY)).rejects.toMatchObject({
      code: 'ERR_CERT_UNKNOWN',
    });
    expect(crl.published).toBe(0);
  });

  it('reads again when somebody was faster, once', async () => {
    let losses = 1;
    const meddled = (store: MemoryStore): RevocationStore => ({
      ...store,
      revoke: async (record, revocation) => {
        if (losses-- > 0) throw new SkepError('ERR_STORE_CONFLICT');
        return store.revoke(record, revocation);
      },
    });
    const { store, revoker } = setUp(meddled);
    const { serialNumber } = await deliver(store, makeReservation());
    expect(await revoker.revoke(serialNumber, 'superseded', BY)).toMatchObject({ changed: true });
    losses = 2;
    const other = await deliver(store, makeReservation());
    await expect(revoker.revoke(other.serialNumber, 'superseded', BY)).rejects.toMatchObject({
      code: 'ERR_STORE_CONFLICT',
    });
  });

  it('revokes the certificate that another attempt recorded between read and write', async () => {
    const meddled = (store: MemoryStore): RevocationStore => ({
      ...store,
      abandon: async (record, at) => {
        await store.markIssued(record, certificateOf(record), at);
        return store.abandon(record, at);
      },
    });
    const { store, revoker } = setUp(meddled);
    const reserved = await store.reserve(makeReservation());
    expect(await revoker.revoke(reserved.serialNumber, 'keyCompromise', BY)).toMatchObject({
      record: { state: 'revoked', revocation: { from: 'issued' } },
    });
  });

  it('counts a revocation whose CRL failed', async () => {
    const { store, revoker, crl, lines } = setUp();
    crl.fails = true;
    const { serialNumber } = await deliver(store, makeReservation());
    expect(await revoker.revoke(serialNumber, 'keyCompromise', BY)).toMatchObject({ changed: true });
    expect(lines.join()).toContain('error The CRL could not be published');
    expect(lines.join()).toContain('ERR_SIGNER_UNAVAILABLE');
  });

  it('works through a batch with one CRL, each order by itself', async () => {
    const { store, revoker, crl } = setUp();
    const many = await Promise.all(Array.from({ length: 40 }, () => deliver(store, makeReservation())));
    const orders = many.map(({ serialNumber }): RevocationOrder => ({
      action: 'revoke',
      serialNumber,
      reason: 'superseded',
      by: BY,
    }));
    const { results, published } = await revoker.apply([
      ...orders,
      { action: 'revoke', serialNumber: 'FF', reason: 'superseded', by: BY },
    ]);
    expect(published).toBe(true);
    expect(crl.published).toBe(1);
    expect(results.slice(0, 40).every((result) => !(result instanceof SkepError) && result.changed)).toBe(
      true,
    );
    expect(codeOf(results[40])).toBe('ERR_CERT_UNKNOWN');
    crl.fails = true;
    expect((await revoker.apply(orders)).published).toBe(false);
  });

  it('leaves alone what is no longer in the state that the order names', async () => {
    const { store, revoker } = setUp();
    const { serialNumber } = await deliver(store, makeReservation());
    const { results } = await revoker.apply([
      { action: 'revoke', serialNumber, reason: 'superseded', by: 'sweeper', onlyIn: 'issued' },
    ]);
    expect(results[0]).toMatchObject({ changed: false, record: { state: 'delivered' } });
  });

  it('does nothing for no orders', async () => {
    const { revoker, crl } = setUp();
    expect(await revoker.apply([])).toEqual({ results: [], published: false });
    expect(crl.published).toBe(0);
  });
});
