/** @module Reading all feeds of the directory in turn, so that what was read is kept whatever ends the run. */
import type { Clock } from '../base/clock.js';
import type { ErrorCode } from '../base/error-codes.js';
import { toSkepError, type SkepError } from '../base/errors.js';
import { type Directory, FEEDS, type FeedName } from '../directory/directory.js';
import { readFeed } from './directory-feed.js';
import type { Candidate, DirectoryState } from './directory-state.js';

/** What reading changes of the state. */
export type ReadState = Pick<DirectoryState, 'feeds' | 'pending' | 'readNext'>;

export interface DirectoryReading {
  readonly directory: Pick<Directory, 'readPage'>;
  readonly before: ReadState;
  readonly clock: Clock;
  /** After this time no further page is read. */
  readonly untilMs: number;
  readonly keep: (state: ReadState) => Promise<void>;
}

/**
 * A run that is ended from outside loses so much reading at most. The state of a big tenant is many megabytes, so it is
 * not kept after each page.
 */
const KEEP_EVERY_MS = 30_000;

/** What keeps one feed back and no other: it is away, or this app lacks the role for it. */
const OF_THE_DIRECTORY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_DIRECTORY_UNAVAILABLE',
  'ERR_DIRECTORY_FORBIDDEN',
]);

export interface DirectoryRead {
  /** Whether there was time for all to come to their end. */
  readonly inTime: boolean;
  /** Of the first feed that failed. */
  readonly failure: SkepError | undefined;
}

/**
 * Each feed once. They begin with the one that the last run did not come to the end of: a list that takes a whole run
 * must not keep the others from being read, nor must one that fails every time. Throws what `keep` throws; what was kept
 * before stays.
 */
export async function readFeeds({
  directory,
  before,
  clock,
  untilMs,
  keep,
}: DirectoryReading): Promise<DirectoryRead> {
  let { feeds, pending, readNext } = before;
  let keptMs = clock.now().getTime();
  let keptFeeds = feeds;

  async function keepNow(): Promise<void> {
    pending = mergeCandidates(pending);
    await keep({ feeds, pending, readNext });
    keptMs = clock.now().getTime();
    keptFeeds = feeds;
  }

  /** @returns whether there was time for it. */
  async function readToEnd(feed: FeedName, following: FeedName | undefined): Promise<boolean> {
    let hasEnded = false;
    for await (const { state, candidates, ended } of readFeed(directory, feed, feeds[feed], clock, untilMs)) {
      feeds = { ...feeds, [feed]: state };
      pending = pending.concat(candidates);
      readNext = ended ? following : feed;
      hasEnded = ended;
      if (clock.now().getTime() - keptMs >= KEEP_EVERY_MS) await keepNow();
    }
    return hasEnded;
  }

  const order = startingWith(readNext);
  let inTime = true;
  let failure: SkepError | undefined;
  for (const [i, feed] of order.entries()) {
    try {
      inTime = await readToEnd(feed, order[i + 1]);
    } catch (thrown) {
      const error = toSkepError(thrown);
      if (!OF_THE_DIRECTORY.has(error.code)) throw thrown;
      failure ??= error;
    }
    if (!inTime) break;
  }
  if (feeds !== keptFeeds) await keepNow();
  return { inTime, failure };
}

function startingWith(feed: FeedName = FEEDS[0]): readonly FeedName[] {
  const first = FEEDS.indexOf(feed);
  return [...FEEDS.slice(first), ...FEEDS.slice(0, first)];
}

/** Each once, with all names that it ever had, since it was noticed first. */
function mergeCandidates(candidates: readonly Candidate[]): Candidate[] {
  const byObject = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.feed}/${candidate.id}`;
    const earlier = byObject.get(key);
    const names = [...new Set([...candidate.names, ...(earlier?.names ?? [])])];
    byObject.set(key, { ...(earlier ?? candidate), names });
  }
  return [...byObject.values()];
}
