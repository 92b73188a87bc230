/** @module The brake: a directory that would have very many certificates revoked at once is not believed. */
import { HOUR_MS } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { CertificateSearch } from '../store/store.js';
import type { DirectoryState } from './directory-state.js';

export interface BrakeSettings {
  /** Of all live certificates, 1 to 100: what one run, with the runs of the hour before it, may revoke or hold. */
  readonly maxSharePercent: number;
  /** So many are always allowed, however few certificates there are. */
  readonly minimum: number;
}

export const BRAKE_DEFAULTS: BrakeSettings = { maxSharePercent: 10, minimum: 20 };

type Spent = DirectoryState['spent'];

const PAGE = 1000;

/** What counts at `now`. */
export const recentlySpent = (spent: Spent, now: Date): Spent =>
  spent.filter(({ at }) => now.getTime() - at.getTime() < HOUR_MS);

/**
 * @param count of certificates that are about to be revoked or put on hold.
 * @throws {SkepError} `ERR_DIRECTORY_BRAKE`; `ERR_STORE_UNAVAILABLE`
 */
export async function assertPlausible(
  count: number,
  spent: Spent,
  store: Pick<CertificateSearch, 'search'>,
  { maxSharePercent, minimum }: BrakeSettings,
): Promise<void> {
  const before = spent.reduce((sum, entry) => sum + entry.count, 0);
  const total = before + count;
  if (total <= minimum) return;
  // What went before was live then, and counts.
  const needed = Math.ceil((total * 100) / maxSharePercent) - before;
  const live = await countLive(store, needed);
  if (live >= needed) return;
  throw new SkepError('ERR_DIRECTORY_BRAKE', {
    detail: `${total} within an hour, of ${live + before} live certificates; allowed are ${maxSharePercent} %`,
  });
}

/** Counts no further than `enough`: how many there are beyond it makes no difference. */
async function countLive(store: Pick<CertificateSearch, 'search'>, enough: number): Promise<number> {
  let count = 0;
  for (const state of ['delivered', 'issued'] as const) {
    let continuation: string | undefined;
    do {
      const page = await store.search({
        by: { state },
        limit: PAGE,
        ...(continuation === undefined ? {} : { continuation }),
      });
      count += page.records.length;
      ({ continuation } = page);
    } while (continuation !== undefined && count < enough);
    if (count >= enough) break;
  }
  return count;
}
