/** @module Row keys of the table `certificates`: a letter for the kind, then what the row is found by. */
import { createHash } from 'node:crypto';

import type { CertificateRecord, SearchBy } from './store.js';

/** Serial numbers are random, so their last hex digit spreads the load evenly. */
export const PARTITIONS: readonly string[] = Array.from('0123456789ABCDEF');

/** A half-open range of row keys. */
export interface KeyRange {
  readonly from: string;
  readonly until: string;
}

/** Whether a serial number or a claim can be in the store at all; only then may it become part of a key. */
export function isStoreId(id: string): boolean {
  return /^[0-9A-F]{2,64}$/.test(id);
}

/** @param id a serial number or a claim. */
export function partitionOf(id: string): string {
  return id.slice(-1);
}

export const certificateKey = (serialNumber: string): string => `c|${serialNumber}`;
export const claimRowKey = (claim: string): string => `k|${claim}`;
export const revokedKey = (serialNumber: string): string => `r|${serialNumber}`;
/**
 * @param id a serial number, or the hash of what was signed.
 * @param move tells moves of one kind in one millisecond apart; hex, may be empty.
 */
export const eventKey = (at: Date, kind: string, move: string, id: string): string =>
  `l|${String(at.getTime()).padStart(13, '0')}|${kind}|${move}|${id}`;

/** The keys of the rows by which a search finds this certificate. */
export function lookupKeys(record: Omit<CertificateRecord, 'version'>): string[] {
  const { thumbprint, deviceId, user, serialNumber } = record;
  const stems = [
    ...(thumbprint === undefined ? [] : [`t|${encodeText(thumbprint)}`]),
    ...(deviceId === undefined ? [] : [`d|${encodeText(deviceId)}`]),
    ...(user === undefined ? [] : [`u|${encodeText(user)}`]),
    `s|${encodeText(record.subject)}`,
    `x|${hash(record.transactionId)}|${invertTime(record.reservedAt)}`,
    `e|${hourOf(record.notAfter)}`,
    stateStem(record),
  ];
  return stems.map((stem) => `${stem}|${serialNumber}`);
}

/** The one lookup key that changes when the state does; with the end in it, a purge walks only what has ended. */
const stateStem = (record: Pick<CertificateRecord, 'state' | 'notAfter'>): string =>
  `z|${record.state}|${hourOf(record.notAfter)}`;

/** Where a search looks. It may find more than it should (long texts are cut): check with `matchesSearch`. */
export function searchRange(by: SearchBy): KeyRange {
  if ('thumbprint' in by) return startingWith(`t|${encodeText(by.thumbprint)}|`);
  if ('subject' in by) return startingWith(`s|${encodeText(by.subject)}`);
  if ('deviceId' in by) return startingWith(`d|${encodeText(by.deviceId)}|`);
  if ('user' in by) return startingWith(`u|${encodeText(by.user)}|`);
  if ('transactionId' in by) return startingWith(`x|${hash(by.transactionId)}|`);
  if ('state' in by) return startingWith(`z|${by.state}|`);
  return {
    from: `e|${hourOf(by.expiresAfter)}|`,
    until: startingWith(`e|${hourOf(by.expiresBefore)}|`).until,
  };
}

/** Rows in a state whose end lies before or in the hour of `before`. */
export function endedRange(state: CertificateRecord['state'], before: Date): KeyRange {
  return { from: `z|${state}|`, until: startingWith(`z|${state}|${hourOf(before)}|`).until };
}

export function startingWith(prefix: string): KeyRange {
  const last = prefix.charCodeAt(prefix.length - 1);
  return { from: prefix, until: prefix.slice(0, -1) + String.fromCharCode(last + 1) };
}

export function matchesSearch(record: CertificateRecord, by: SearchBy): boolean {
  if ('thumbprint' in by) return same(record.thumbprint, by.thumbprint);
  if ('subject' in by) return normalise(record.subject).startsWith(normalise(by.subject));
  if ('deviceId' in by) return same(record.deviceId, by.deviceId);
  if ('user' in by) return same(record.user, by.user);
  if ('transactionId' in by) return record.transactionId === by.transactionId;
  if ('state' in by) return record.state === by.state;
  return record.notAfter >= by.expiresAfter && record.notAfter < by.expiresBefore;
}

const same = (stored: string | undefined, sought: string): boolean =>
  stored !== undefined && normalise(stored) === normalise(sought);

function normalise(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}

const TEXT_LIMIT = 200;

/**
 * Text that a stranger may have chosen, as part of a key: `/ \ # ?` and control characters are not legal there, a key
 * ends at 1 KiB, and `|` is ours. What begins alike still does when encoded, so a range finds it.
 */
function encodeText(text: string): string {
  const encoded = normalise(text).replace(
    /[^a-z0-9=,.@:-]/g,
    (unit) => `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return encoded.slice(0, TEXT_LIMIT);
}

/** For text of any length and any characters, as part of a key. */
export const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 40);

/** `2026-03-01T05`. */
const hourOf = (time: Date): string => time.toISOString().slice(0, 13);

/** Later times sort first. Good until the year 2286. */
export const invertTime = (time: Date): string =>
  String(9_999_999_999_999 - time.getTime()).padStart(13, '0');
