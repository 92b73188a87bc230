/** @module Reading one feed of the directory: who is new, who is suspect, and who is not there any more. */
import type { Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Directory, FeedItem, FeedName } from '../directory/directory.js';
import type { Candidate, FeedState } from './directory-state.js';

/** What one page brought. State and candidates belong together: what is read once comes no second time. */
export interface FeedReading {
  /** From here reading can go on at any later time. */
  readonly state: FeedState;
  /** Those of this page, and at the end of a whole list those who were not on it. */
  readonly candidates: readonly Candidate[];
  /** Whether it was the last page. */
  readonly ended: boolean;
}

/** Names of an object that are remembered: a user may have been renamed since a certificate was issued. */
const MAX_NAMES = 5;

/**
 * Reads on from where `before` stopped, page by page, to the end or until the time is up.
 *
 * Whoever was known and is not on a list that was read whole is a candidate, as is whoever the feed calls removed. Both
 * are claims that still have to be confirmed one by one, so that a list that lacks somebody by mistake revokes nothing.
 * Links to a next page may be kept like those to later changes: Graph holds both for days, and says when one is too old.
 * @param untilMs after this time no further page is read.
 */
export async function* readFeed(
  directory: Pick<Directory, 'readPage'>,
  feed: FeedName,
  before: FeedState,
  clock: Clock,
  untilMs: number,
): AsyncGenerator<FeedReading, void, undefined> {
  const known = new Map(before.known);
  let candidates: Candidate[] = [];
  let { link } = before;
  // Without a link the list is read from its beginning, and what it does not hold is noticed at its end.
  let seen = before.seen ? new Set(before.seen) : link === undefined ? new Set<string>() : undefined;

  const suspect = (id: string): void => {
    candidates.push({ feed, id, names: known.get(id) ?? [], noticedAt: clock.now() });
  };
  const lose = (id: string): void => {
    suspect(id);
    known.delete(id);
  };

  function take({ id, change, names }: FeedItem): void {
    if (change === 'removed') {
      lose(id);
      return;
    }
    known.set(id, [...new Set([...names, ...(known.get(id) ?? [])])].slice(0, MAX_NAMES));
    seen?.add(id);
    if (change === 'suspect') suspect(id);
  }

  let ended = false;
  while (!ended && clock.now().getTime() < untilMs) {
    const page = await directory.readPage(feed, link);
    if (page === 'expired') {
      if (link === undefined)
        throw new SkepError('ERR_DIRECTORY_UNAVAILABLE', { detail: `${feed}: no start` });
      link = undefined;
      seen = new Set();
      continue;
    }
    page.items.forEach(take);
    link = page.next ?? page.changes;
    if (page.next === undefined) {
      ended = true;
      const absent = seen ? [...known.keys()].filter((id) => !seen?.has(id)) : [];
      absent.forEach(lose);
      seen = undefined;
    }
    yield {
      candidates,
      // Not copied: whoever keeps it does so before the next page is read.
      state: { known, ...(link === undefined ? {} : { link }), ...(seen === undefined ? {} : { seen }) },
      ended,
    };
    candidates = [];
  }
}
