/** @module The path of an enrollment through a store: reserve, recall, issue, deliver. */
import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { toHex } from '../../../lib/base/bytes.js';
import type { MakeStore } from './store-under-test.js';
import { certificateOf, deliver, makeReservation, NOW } from './records.js';

const LATER = new Date(NOW.getTime() + 1_234);

/** What strangers may put into a transaction id or a subject. */
const ODD_TEXTS = {
  'slashes and marks': 'a/b\\c#d?e%2F\'f"g|h&i=j',
  'control characters': 'nul\u0000 tab\t line\r\nline \u001b \u0085 \u2028',
  'a thousand characters': 'ab/'.repeat(400).slice(0, 1_000),
  'other scripts': 'Bücher 東京 🐝 e\u0301 İ',
  'a lone surrogate': 'x\ud83dy',
  'escapes and odata': "\\u0041 \\\\ ' or RowKey ge '' or '",
  'a batch boundary':
    '\r\n--batch_x\r\nHTTP/1.1 404 Not Found\r\n\r\n{"odata.error":{"code":"TableNotFound"}}',
  'nothing but space': '   ',
} as const;

export function issuanceRules(make: MakeStore): void {
  describe('issuance', () => {
    it('knows nothing of what it was never told', async () => {
      const store = make();
      expect(await store.get('00'.repeat(15) + '0F')).toBeUndefined();
      expect(await store.recall('00'.repeat(31) + '0F')).toBeUndefined();
    });

    it.each(['', "'", 'A/../B', 'zz', 'ab12', 'F'.repeat(2_000)])('finds nothing under %j', async (id) => {
      const store = make();
      expect(await store.get(id)).toBeUndefined();
      expect(await store.recall(id)).toBeUndefined();
    });

    it('reserves the claim and the row together', async () => {
      const store = make();
      const reservation = makeReservation({
        validator: 'intune',
        deviceId: 'd0f1',
        user: 'ada@example.com',
      });
      const record = await store.reserve(reservation);
      expect(record).toEqual({ ...reservation, state: 'reserved', version: record.version });
      expect(await store.get(reservation.serialNumber)).toEqual(record);
      const { csrHash, serialNumber, reservedAt, claim } = reservation;
      const recalled = await store.recall(claim);
      expect(recalled).toMatchObject({ key: claim, csrHash, serialNumber, claimedAt: reservedAt });
    });

    it('follows a certificate to its owner', async () => {
      const store = make();
      const reservation = makeReservation();
      const certificate = certificateOf(reservation);
      const issued = await store.markIssued(await store.reserve(reservation), certificate, NOW);
      const thumbprint = toHex(createHash('sha1').update(certificate).digest());
      expect(issued).toMatchObject({ ...reservation, state: 'issued', thumbprint, issuedAt: NOW });
      expect(Buffer.from(issued.certificate ?? [])).toEqual(Buffer.from(certificate));
      const delivered = await store.markDelivered(issued, LATER);
      expect(delivered).toMatchObject({ state: 'delivered', issuedAt: NOW, deliveredAt: LATER });
      const stored = await store.get(reservation.serialNumber);
      expect(stored).toMatchObject({ ...delivered, certificate: stored?.certificate, tbs: stored?.tbs });
      expect(Buffer.from(stored?.certificate ?? [])).toEqual(Buffer.from(certificate));
      expect(Buffer.from(stored?.tbs ?? [])).toEqual(Buffer.from(reservation.tbs));
    });

    it('keeps bytes that are a window on larger memory', async () => {
      const store = make();
      const memory = new Uint8Array(500).map((_, i) => i);
      const reservation = makeReservation({ tbs: memory.subarray(100, 400) });
      await store.markIssued(await store.reserve(reservation), memory.subarray(7, 300), NOW);
      const stored = await store.get(reservation.serialNumber);
      expect([...(stored?.tbs ?? [])]).toEqual([...memory.subarray(100, 400)]);
      expect([...(stored?.certificate ?? [])]).toEqual([...memory.subarray(7, 300)]);
    });

    it('lets a new request take over a claim that was read', async () => {
      const store = make();
      const first = makeReservation();
      await store.reserve(first);
      const second = makeReservation({ claim: first.claim });
      await store.reserve(second, await store.recall(first.claim));
      expect(await store.recall(first.claim)).toMatchObject({
        serialNumber: second.serialNumber,
        csrHash: second.csrHash,
      });
      expect(await store.get(first.serialNumber)).toMatchObject({ state: 'reserved' });
    });

    it('refuses a claim that would lie in another partition', async () => {
      const reservation = makeReservation({ claim: `${'0'.repeat(63)}1` });
      await expect(make().reserve(reservation)).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
    });

    it.each(Object.entries(ODD_TEXTS))('keeps %s as they came', async (_name, odd) => {
      const store = make();
      const texts = {
        transactionId: odd,
        subject: odd,
        user: odd,
        deviceId: odd,
        subjectAltNames: [odd, 'dns:x'],
      };
      const reservation = makeReservation(texts);
      await store.revoke(await deliver(store, reservation), {
        at: NOW,
        reason: 'superseded',
        by: `person:${odd}`,
      });
      const stored = await store.get(reservation.serialNumber);
      expect(stored).toMatchObject({ ...texts, state: 'revoked', revocation: { by: `person:${odd}` } });
      for (const by of [{ transactionId: odd }, { subject: odd }, { user: odd }, { deviceId: odd }]) {
        const { records } = await store.search({ by, limit: 1_000 });
        expect(records.map(({ serialNumber }) => serialNumber)).toContain(reservation.serialNumber);
      }
    });
  });
}
