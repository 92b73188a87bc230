/** @module What went wrong lately, by cause: for people who look whether all is well. */
import { HOUR_MS, type Clock } from '../base/clock.js';
import type { ErrorCode } from '../base/error-codes.js';
import type { JournalReader } from './recorder.js';

export interface Cause {
  readonly code: ErrorCode;
  readonly count: number;
  readonly lastAt: Date;
}

export interface RecentFailures {
  readonly since: Date;
  /** The most frequent first. */
  readonly causes: readonly Cause[];
  /** Requests of that time that went well. */
  readonly succeeded: number;
  /** `false`: there were more requests than are read for this, and the older ones are not counted. */
  readonly complete: boolean;
}

const PAGE_LIMIT = 500;
/** Pages that are read at most: one for people is no reason to read a storm of them. */
const PAGES = 4;
const HOURS = 24;

/** Of the last 24 hours. @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
export async function summarizeFailures(journal: JournalReader, clock: Clock): Promise<RecentFailures> {
  const until = clock.now();
  const since = new Date(until.getTime() - HOURS * HOUR_MS);
  const causes = new Map<ErrorCode, { count: number; lastAt: Date }>();
  let succeeded = 0;
  let pages = 0;
  let continuation: string | undefined;
  do {
    const page = await journal.search({
      by: { from: since, until },
      limit: PAGE_LIMIT,
      ...(continuation === undefined ? {} : { continuation }),
    });
    for (const { code, at } of page.entries) {
      if (!code) succeeded++;
      else causes.set(code, count(causes.get(code), at));
    }
    pages++;
    ({ continuation } = page);
  } while (continuation !== undefined && pages < PAGES);
  return {
    since,
    causes: [...causes]
      .map(([code, counted]) => ({ code, ...counted }))
      .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code)),
    succeeded,
    complete: continuation === undefined,
  };
}

/** The journal has the newest first, so the first time that is seen is the last one. */
const count = (before: { count: number; lastAt: Date } | undefined, at: Date) => ({
  count: (before?.count ?? 0) + 1,
  lastAt: before?.lastAt ?? at,
});
