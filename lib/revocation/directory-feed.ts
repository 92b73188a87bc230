/** @module Reading one feed of the directory: who is new, who is suspect, and who is not there any more. */
import type { Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Directory, FeedItem, FeedName } from '../directory/directory.js';
import type { Candidate, FeedState } from './directory-state.js';

export interface FeedReading {
  readonly state: FeedState;
  readonly candidates: readonly Candidate[];
}

/** Names of an object that are remembered: a user may have been renamed since a certificate was issued. */
const MAX_NAMES = 5;

/**
 * Reads on from where `before` stopped, to the end or until the time is up.
 *
 * Whoever was known and is not on a list that was read whole is a candidate, as is whoever the feed calls removed. Both
 * are claims that still have to be confirmed one by one, so that a list that lacks somebody by mistake revokes nothing.
 * @param untilMs after this time no further page is read.
 */
export async function readFeed(
  directory: Pick<Directory, 'readPage'>,
  feed: FeedName,
  before: FeedState,
  clock: Clock,
  untilMs: number,
): Promise<FeedReading> {
  const known = new Map(before.known);
  const candidates: Candidate[] = [];
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

  while (clock.now().getTime() < untilMs) {
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
    if (page.next !== undefined) continue;
    const absent = seen ? [...known.keys()].filter((id) => !seen?.has(id)) : [];
    absent.forEach(lose);
    seen = undefined;
    break;
  }
  return {
    candidates,
    state: { known, ...(link === undefined ? {} : { link }), ...(seen === undefined ? {} : { seen }) },
  };
}
