/** A directory in memory: who is in it, and the feeds that tell of it, page by page. */
import type {
  Directory,
  Evidence,
  FeedItem,
  FeedName,
  FeedPage,
  Holder,
  Standing,
} from '../../../lib/directory/directory.js';

export interface FakeDirectory extends Directory {
  /** What each reading of a feed gives, in order; without any, a feed is empty and ends. */
  readonly pages: Record<FeedName, (FeedPage | 'expired' | Error)[]>;
  /** Standings by device id or user; good without. */
  readonly standings: Map<string, Standing | Error>;
  readonly asked: { readonly holder: Holder; readonly evidence: Evidence | undefined }[];
  readonly links: { readonly feed: FeedName; readonly link: string | undefined }[];
}

export const GOOD: Standing = { standing: 'good' };
export const DISABLED: Standing = { standing: 'suspended', why: 'device-disabled' };
export const DELETED: Standing = { standing: 'ended', why: 'device-deleted' };

export function createFakeDirectory(): FakeDirectory {
  const pages: FakeDirectory['pages'] = { managedDevices: [], devices: [], users: [] };
  const standings: FakeDirectory['standings'] = new Map();
  const asked: FakeDirectory['asked'] = [];
  const links: FakeDirectory['links'] = [];
  return {
    pages,
    standings,
    asked,
    links,
    async standingOf(holder, evidence) {
      await Promise.resolve();
      asked.push({ holder, evidence });
      const { deviceId = '', user = '' } = holder;
      const standing = standings.get(deviceId) ?? standings.get(user) ?? GOOD;
      if (standing instanceof Error) throw standing;
      return standing;
    },
    async readPage(feed, link) {
      await Promise.resolve();
      links.push({ feed, link });
      const page = pages[feed].shift() ?? end([], feed);
      if (page instanceof Error) throw page;
      return page;
    },
  };
}

/** The last page of a reading. */
export const end = (items: readonly FeedItem[], feed: FeedName = 'devices'): FeedPage =>
  feed === 'managedDevices' ? { items } : { items, changes: `${feed} changes` };

export const item = (
  id: string,
  names: readonly string[] = [id],
  change: FeedItem['change'] = 'present',
): FeedItem => ({
  id,
  names,
  change,
});
