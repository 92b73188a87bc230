/** @module A certificate store in memory, for tests and simulations. It passes the contract suite of the real one. */
import { SkepError } from '../lib/base/errors.js';
import type { EventQueue, LedgerEvent } from '../lib/ledger/ledger.js';
import { eventOf, keyOf } from '../lib/store/events.js';
import { lookupKeys, matchesSearch, searchRange } from '../lib/store/keys.js';
import { isRevoked } from '../lib/store/states.js';
import type { CertificateRecord, CertificateStore, Claim, StoreMaintenance } from '../lib/store/store.js';
import {
  isAlreadyWritten,
  toAbandoned,
  toDelivered,
  toExpired,
  toIssued,
  toLeased,
  toReleased,
  toReserved,
  toRevoked,
  type UnwrittenRecord,
} from '../lib/store/transitions.js';

export interface MemoryStore extends CertificateStore, StoreMaintenance {
  readonly events: EventQueue;
  /** What is in it, to look at. */
  readonly records: ReadonlyMap<string, CertificateRecord>;
  readonly claims: ReadonlyMap<string, Claim>;
  /** Empties it: what was asked before is new again. */
  clear(): void;
}

export function createMemoryStore(): MemoryStore {
  const records = new Map<string, CertificateRecord>();
  const claims = new Map<string, Claim>();
  const waiting = new Map<string, LedgerEvent>();
  let writes = 0;
  const nextVersion = () => `v${++writes}`;

  function write(record: UnwrittenRecord): CertificateRecord {
    // Made for this write by a transition: nobody else has it.
    const written = Object.assign(record, { version: nextVersion() });
    records.set(record.serialNumber, written);
    return written;
  }

  function conflict(wanted: UnwrittenRecord): CertificateRecord {
    const stored = records.get(wanted.serialNumber);
    if (stored && isAlreadyWritten(stored, wanted)) return stored;
    throw new SkepError('ERR_STORE_CONFLICT', { detail: wanted.serialNumber });
  }

  function update(read: CertificateRecord, wanted: UnwrittenRecord, at?: Date): CertificateRecord {
    if (records.get(read.serialNumber)?.version !== read.version) return conflict(wanted);
    note(eventOf(read, wanted, at), read.version);
    return write(wanted);
  }

  function note(event: LedgerEvent | undefined, version?: string): void {
    if (event) waiting.set(keyOf(event, version), event);
  }

  /** Runs the work within the promise, so that what it throws is a rejection, as with the real store. */
  const later = async <T>(work: () => T): Promise<T> => {
    await Promise.resolve();
    return work();
  };

  return {
    records,
    claims,
    clear: () => {
      for (const map of [records, claims, waiting]) map.clear();
    },
    events: {
      note: (event) =>
        later(() => {
          note(event);
        }),
      pending: (limit) =>
        later(() =>
          [...waiting]
            .map(([id, event]) => ({ id, event }))
            .sort((a, b) => (a.id < b.id ? -1 : 1))
            .slice(0, limit),
        ),
      settle: (ids) =>
        later(() => {
          for (const id of ids) waiting.delete(id);
        }),
    },
    get: (serialNumber) => later(() => records.get(serialNumber)),
    recall: (key) => later(() => claims.get(key)),
    reserve: (reservation, replaces) =>
      later(() => {
        const wanted = toReserved(reservation);
        const { claim: key, csrHash, serialNumber, reservedAt } = reservation;
        const taken = claims.get(key)?.version !== replaces?.version || records.has(serialNumber);
        if (taken) return conflict(wanted);
        claims.set(key, { key, csrHash, serialNumber, claimedAt: reservedAt, version: nextVersion() });
        return write(wanted);
      }),
    lease: (record, until) =>
      later(() => {
        const leased = toLeased(record, until);
        if (records.get(record.serialNumber)?.version !== record.version)
          throw new SkepError('ERR_STORE_CONFLICT', { detail: record.serialNumber });
        return write(leased);
      }),
    markIssued: (record, certificate, at) => later(() => update(record, toIssued(record, certificate, at))),
    markDelivered: (record, at) => later(() => update(record, toDelivered(record, at))),
    revoke: (record, revocation) => later(() => update(record, toRevoked(record, revocation))),
    release: (record, at) => later(() => update(record, toReleased(record), at)),
    abandon: (record, at) => later(() => update(record, toAbandoned(record, at))),

    async *revoked() {
      await Promise.resolve();
      for (const { serialNumber, issuerId, notAfter, state, revocation } of [...records.values()]) {
        if (!isRevoked(state) || !revocation) continue;
        yield { serialNumber, issuerId, revokedAt: revocation.at, reason: revocation.reason, notAfter };
      }
    },

    search: ({ by, limit = 50, continuation = '' }) =>
      later(() => {
        const { from, until } = searchRange(by);
        const hits = [...records.values()]
          .filter((record) => matchesSearch(record, by))
          .map((record) => ({
            record,
            key: lookupKeys(record).find((key) => key >= from && key < until) ?? '',
          }))
          .filter(({ key }) => key > continuation)
          .sort((a, b) => (a.key < b.key ? -1 : 1));
        const page = hits.slice(0, limit);
        const last = hits.length > limit ? page.at(-1) : undefined;
        return { records: page.map(({ record }) => record), ...(last && { continuation: last.key }) };
      }),

    async *listStale(state, before) {
      await Promise.resolve();
      for (const record of [...records.values()]) {
        if (record.state === state && record.reservedAt < before) yield record;
      }
    },

    purgeExpired: (before, mayGoOn = () => true) =>
      later(() => {
        if (!mayGoOn()) return { claims: 0, expired: 0 };
        const oldClaims = [...claims.values()].filter((claim) => claim.claimedAt < before);
        for (const { key } of oldClaims) claims.delete(key);
        const ended = [...records.values()].filter(
          (record) => record.notAfter < before && record.state !== 'expired' && record.state !== 'reserved',
        );
        for (const record of ended) write(toExpired(record));
        return { claims: oldClaims.length, expired: ended.length };
      }),
  };
}
