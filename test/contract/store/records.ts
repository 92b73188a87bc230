/** @module Records for the tests of a store: valid, all different, cheap. */
import { createHash } from 'node:crypto';

import { toHex } from '../../../lib/base/bytes.js';
import type { CertificateRecord, IssuanceStore, Reservation } from '../../../lib/store/store.js';

export const NOW = new Date('2026-03-01T10:20:30.456Z');
export const YEAR_MS = 365 * 86_400_000;

let count = 0;

/** @param digit the last hex digit of serial number and claim, which chooses the partition. */
export function makeReservation(changes: Partial<Reservation> = {}, digit = 'A'): Reservation {
  const id = toHex(createHash('sha256').update(`record ${++count} ${process.pid}`).digest());
  return {
    // Never a zero first, which readers of numbers drop.
    serialNumber: `4${id.slice(0, 30)}${digit}`,
    endpoint: 'intune',
    issuerId: 'AB'.repeat(32),
    claim: `${id.slice(0, 63)}${digit}`,
    csrHash: id,
    transactionId: `transaction-${id}`,
    subject: `CN=device ${id},O=Example`,
    subjectAltNames: ['upn:ada@example.com', 'uri:tag:microsoft.com,2022-09-14:sid:S-1-5-21'],
    notBefore: NOW,
    notAfter: new Date(NOW.getTime() + YEAR_MS),
    tbs: new TextEncoder().encode(`tbs of ${id}`),
    reservedAt: NOW,
    ...changes,
  };
}

/** The bytes that stand for the signed certificate of a reservation. */
export function certificateOf({ serialNumber }: { readonly serialNumber: string }): Uint8Array {
  return new TextEncoder().encode(`certificate ${serialNumber}`);
}

export async function issue(store: IssuanceStore, reservation: Reservation): Promise<CertificateRecord> {
  return store.markIssued(await store.reserve(reservation), certificateOf(reservation), NOW);
}

export async function deliver(store: IssuanceStore, reservation: Reservation): Promise<CertificateRecord> {
  return store.markDelivered(await issue(store, reservation), NOW);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
