/**
 * @module The journal on one Azure table. A partition is a day: an entry lies in it once for each way to find it, whole,
 * so that a page is read in one go, all of its rows are written together, and what is too old goes day by day.
 */
import { toHex } from '../base/bytes.js';
import { DAY_MS, type Clock } from '../base/clock.js';
import type { RandomBytes } from '../base/random.js';
import { SkepError } from '../base/errors.js';
import type {
  JournalMaintenance,
  JournalPage,
  JournalQuery,
  JournalReader,
  JournalWriter,
} from '../journal/recorder.js';
import { DEFAULT_OPERATION_TIMEOUT_MS, type StoreConnection } from './connection.js';
import { type Change, GROUP_LIMIT } from './entity-group.js';
import { decodeJournalRow, encodeJournalRow, journalKeys, journalRange } from './journal-rows.js';
import type { KeyRange } from './keys.js';
import { unlessConflict } from './store-failure.js';
import { createTable, type StoredRow } from './table.js';

export interface TableJournalOptions {
  readonly connection: StoreConnection;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** 1 to 400, default 90. */
  readonly retentionDays?: number;
  /** Milliseconds that one operation may take, retries included. Default 5000. */
  readonly operationTimeoutMs?: number;
}

export const JOURNAL_TABLE = 'journal';

const DEFAULT_RETENTION_DAYS = 90;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
/** The service's largest page. */
const PAGE_LIMIT = 1000;
/** Days that are asked for side by side: what somebody looks for mostly lies in a few of many. */
const DAYS_AT_ONCE = 16;
/** How far behind the oldest day a purge looks: twice the longest retention, should it have been that and purges failed. */
const PURGE_REACH_DAYS = 800;

export function createTableJournal(
  options: TableJournalOptions,
): JournalWriter & JournalReader & JournalMaintenance {
  const { clock, random, retentionDays = DEFAULT_RETENTION_DAYS } = options;
  const table = createTable(options.connection, JOURNAL_TABLE);
  const newBudget = () => AbortSignal.timeout(options.operationTimeoutMs ?? DEFAULT_OPERATION_TIMEOUT_MS);
  const oldestKept = () => new Date(clock.now().getTime() - retentionDays * DAY_MS);

  /** The first rows of a day, in the order of keys. */
  async function readDay(day: string, range: KeyRange, wanted: number): Promise<FoundRow[]> {
    const rows: FoundRow[] = [];
    let next: string | undefined;
    do {
      const size = Math.min(wanted - rows.length, PAGE_LIMIT);
      const page = await table.page(day, { range, size, next }, newBudget());
      rows.push(...page.rows.map((row) => ({ ...row, day })));
      next = page.next;
    } while (next !== undefined && rows.length < wanted);
    return rows;
  }

  async function search({ by, limit = DEFAULT_LIMIT, continuation }: JournalQuery): Promise<JournalPage> {
    const wanted = Math.min(Math.max(limit, 1), MAX_LIMIT);
    // Entries of an instance whose clock is ahead count as well.
    const end = new Date(clock.now().getTime() + DAY_MS);
    const from = 'from' in by ? latest(by.from, oldestKept()) : oldestKept();
    const until = 'until' in by ? earliest(by.until, end) : end;
    const range = journalRange('from' in by ? { from, until } : by);
    const place = continuation === undefined ? undefined : decodePlace(continuation, range);
    const found: FoundRow[] = [];

    const days = daysBack(until, from).filter((day) => !place || day <= place.day);
    // One more than wanted tells whether there is another page.
    for (let i = 0; i < days.length && found.length <= wanted; i += DAYS_AT_ONCE) {
      const wave = days.slice(i, i + DAYS_AT_ONCE).map((day) => {
        // '!' is the first character that a key may have: nothing lies between a key and that key with '!' behind it.
        const rest = place?.day === day ? { ...range, from: `${place.key}!` } : range;
        return readDay(day, rest, wanted + 1);
      });
      found.push(...(await Promise.all(wave)).flat());
    }

    const page = found.slice(0, wanted);
    const last = found.length > wanted ? page.at(-1) : undefined;
    return { entries: page.map(decodeJournalRow), ...(last && { continuation: encodePlace(last) }) };
  }

  async function purgeDay(day: string, mayGoOn: () => boolean): Promise<number> {
    let gone = 0;
    while (mayGoOn()) {
      const { rows, next } = await table.page(day, { range: EVERYTHING, size: PAGE_LIMIT }, newBudget());
      const changes = rows.map(({ key }): Change => ({ kind: 'delete', key }));
      for (let i = 0; i < changes.length; i += GROUP_LIMIT) {
        const group = changes.slice(i, i + GROUP_LIMIT);
        // Some of it may be gone, for a second region purges at the same moment: the rest of it is found again.
        if (await unlessConflict(table.write(day, group, newBudget()))) gone += group.length;
      }
      if (rows.length === 0 && next === undefined) break;
    }
    return gone;
  }

  return {
    async write(entry) {
      const id = toHex(random(8));
      const row = encodeJournalRow(entry);
      const changes = journalKeys(entry, id).map((key): Change => ({ kind: 'put', key, row }));
      await table.write(dayOf(entry.at), changes, newBudget());
    },
    search,
    async purge(mayGoOn = () => true) {
      const newest = new Date(oldestKept().getTime() - DAY_MS);
      const days = daysBack(newest, new Date(newest.getTime() - PURGE_REACH_DAYS * DAY_MS));
      let gone = 0;
      for (let i = 0; i < days.length; i += DAYS_AT_ONCE) {
        const counts = await Promise.all(
          days.slice(i, i + DAYS_AT_ONCE).map((day) => purgeDay(day, mayGoOn)),
        );
        gone += counts.reduce((sum, count) => sum + count, 0);
      }
      return gone;
    },
  };
}

interface FoundRow extends StoredRow {
  readonly day: string;
}

const EVERYTHING: KeyRange = { from: 'a', until: 'z' };

/** `2026-03-01`. */
const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

/** The days from the later time to the earlier one, both included. */
function daysBack(later: Date, earlier: Date): string[] {
  const days: string[] = [];
  const last = dayOf(earlier);
  for (let time = later.getTime(); dayOf(new Date(time)) >= last; time -= DAY_MS)
    days.push(dayOf(new Date(time)));
  return days;
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
const earliest = (a: Date, b: Date): Date => (a < b ? a : b);

interface Place {
  readonly day: string;
  readonly key: string;
}

const encodePlace = ({ day, key }: Place): string =>
  Buffer.from(`${day} ${key}`, 'latin1').toString('base64url');

/** @throws {SkepError} `ERR_SEARCH`; the key becomes part of a query, so only what can be a key of ours passes. */
function decodePlace(continuation: string, range: KeyRange): Place {
  const text = Buffer.from(continuation, 'base64url').toString('latin1');
  const [, day, key] = /^(\d{4}-\d\d-\d\d) ([0-9A-Za-z|]+)$/.exec(text) ?? [];
  if (!day || !key || key < range.from || key >= range.until) {
    throw new SkepError('ERR_SEARCH', { detail: 'continuation' });
  }
  return { day, key };
}
