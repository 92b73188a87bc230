/** @module Keys and rows of the table `journal`. */
import type { JournalEntry, JournalQueryBy } from '../journal/recorder.js';
import { readColumns, writeColumns } from './columns.js';
import type { Row } from './entity-group.js';
import { hash, invertTime, type KeyRange, startingWith } from './keys.js';
import type { StoredRow } from './table.js';

/**
 * The keys of one entry: by time, and by what else it is found by, newest first. What a stranger may have chosen is
 * hashed: it can be of any length and hold any character.
 * @param id tells entries of the same millisecond apart; hex.
 */
export function journalKeys(entry: JournalEntry, id: string): string[] {
  const { transactionId, serialNumber, deviceId } = entry;
  const stems = [
    't',
    stemOf({ transactionId }),
    ...(serialNumber === undefined ? [] : [stemOf({ serialNumber })]),
    ...(deviceId === undefined ? [] : [stemOf({ deviceId })]),
  ];
  return stems.map((stem) => `${stem}|${invertTime(entry.at)}|${id}`);
}

/** The same range for every day. @param by times lie before the year 2286. */
export function journalRange(by: JournalQueryBy): KeyRange {
  if (!('from' in by)) return startingWith(`${stemOf(by)}|`);
  const lastMoment = new Date(by.until.getTime() - 1);
  return { from: `t|${invertTime(lastMoment)}|`, until: startingWith(`t|${invertTime(by.from)}|`).until };
}

function stemOf(by: Exclude<JournalQueryBy, { from: Date }>): string {
  if ('transactionId' in by) return `x|${hash(by.transactionId)}`;
  if ('serialNumber' in by) return `s|${hash(by.serialNumber.toUpperCase())}`;
  return `d|${hash(by.deviceId.toLowerCase())}`;
}

/** Of each text that came from outside: a row may hold 32 Ki characters a column. */
const TEXT_LIMIT = 1000;

export function encodeJournalRow({ at, ...entry }: JournalEntry): Row {
  const cut = (_name: string, value: unknown) =>
    typeof value === 'string' && value.length > TEXT_LIMIT ? `${value.slice(0, TEXT_LIMIT)}…` : value;
  return writeColumns().time('At', at).text('Entry', JSON.stringify(entry, cut)).row();
}

export function decodeJournalRow({ columns }: StoredRow): JournalEntry {
  const read = readColumns(columns);
  return { at: read.time('At'), ...(JSON.parse(read.text('Entry')) as Omit<JournalEntry, 'at'>) };
}
