/** @module Reading all feeds of the directory in turn, so that what was read is kept whatever ends the run. */
import type { Clock } from '../base/clock.js';
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

/**
 * Each feed once. They begin with the one that the last run did not come to the end of: a list that takes a whole run
 * must not keep the others from being read.
 * @returns whether all came to their end. Throws what the directory or `keep` throws; what was read before is kept.
 */
export async function readFeeds({
  directory,
  before,
  clock,
  untilMs,
  keep,
}: DirectoryReading): Promise<boolean> {
  let { feeds, pending, readNext } = before;
  let keptMs = clock.now().getTime();
  let keptFeeds = feeds;

  async function keepNow(): Promise<void> {
    pending = mergeCandidates(pending);
    await keep({ feeds, pending, readNext });
    keptMs = clock.now().getTime();
    keptFeeds = feeds;
  }

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

  try {
    const order = startingWith(readNext);
    for (const [i, feed] of order.entries()) {
      if (!(await readToEnd(feed, order[i + 1]))) return false;
    }
    return true;
  } finally {
    // Also after a failure: where one feed fails every time, the others must get on.
    if (feeds !== keptFeeds) await keepNow();
  }
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
