/**
 * @module What happens in Intune and Entra happens to certificates: deleted, retired, wiped ends them; disabled holds
 * them until it is enabled again. A timer reads what changed; all of it may be repeated.
 *
 * The feeds only say whom to look at. Each certificate is judged by what the directory says about its own device and
 * user at this moment, so that neither an empty list nor a late one revokes anything by itself.
 */
import { HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { singleFlight } from '../base/single-flight.js';
import { type Directory, FEEDS, type FeedName } from '../directory/directory.js';
import type { CertificateRecord, CertificateSearch, RevokedReader, SearchBy } from '../store/store.js';
import { assertPlausible, BRAKE_DEFAULTS, type BrakeSettings, recentlySpent } from './directory-brake.js';
import { readFeed } from './directory-feed.js';
import { createDirectoryNames, type DirectoryNames } from './directory-names.js';
import { holderOf, isHeldByDirectory, isLive, isOnHold, orderFor } from './directory-orders.js';
import type { Candidate, DirectoryState, DirectoryStateStore, FeedState } from './directory-state.js';
import type { IntuneCheck } from './intunes-own.js';
import type { RevocationOrder, Revoker } from './revoker.js';
import { workSideBySide } from './side-by-side.js';

export interface DirectorySyncSettings extends BrakeSettings {
  /** After this nothing new is begun; the next run goes on. Less than what lies between two runs of the timer. */
  readonly budgetMs: number;
  /** How long a claim of the feeds that is not confirmed is looked at again: Graph's replicas lag behind each other. */
  readonly doubtMs: number;
}

export const DIRECTORY_SYNC_DEFAULTS: DirectorySyncSettings = {
  ...BRAKE_DEFAULTS,
  budgetMs: 4 * MINUTE_MS,
  doubtMs: 2 * HOUR_MS,
};

/** A type, so that it can be logged as fields. */
export type DirectorySyncReport = {
  /** Devices and users that were looked at because the feeds said so. */
  readonly candidates: number;
  readonly revoked: number;
  readonly held: number;
  readonly released: number;
  /** Orders that failed; the next run tries again. */
  readonly failed: number;
};

export interface DirectorySyncParts {
  readonly directory: Directory;
  readonly certificates: CertificateSearch & RevokedReader;
  readonly revoker: Pick<Revoker, 'apply'>;
  readonly state: DirectoryStateStore;
  /** Others' certificates are not the directory's to revoke. */
  readonly isIntunes: IntuneCheck;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What differs from `DIRECTORY_SYNC_DEFAULTS`. */
  readonly settings?: Partial<DirectorySyncSettings>;
}

type Counts = { -readonly [Name in keyof Omit<DirectorySyncReport, 'candidates'>]: number };

/**
 * @returns one run. Throws `ERR_DIRECTORY_BRAKE` when it would revoke or hold implausibly many, and then has done
 *   neither; otherwise what the directory or the store throws. What was not done is left to the next run.
 */
export function createDirectorySync(parts: DirectorySyncParts): () => Promise<DirectorySyncReport> {
  const { directory, certificates, revoker, isIntunes, clock, logger } = parts;
  const settings: DirectorySyncSettings = { ...DIRECTORY_SYNC_DEFAULTS, ...parts.settings };

  /** All certificates of these names that are, or may become, good. */
  async function findRecords(searches: readonly SearchBy[]): Promise<CertificateRecord[]> {
    const found = new Map<string, CertificateRecord>();
    for (const by of searches) {
      let continuation: string | undefined;
      do {
        const page = await certificates.search({
          by,
          ...(continuation === undefined ? {} : { continuation }),
        });
        for (const record of page.records) {
          const open = isLive(record) || isOnHold(record) || record.state === 'reserved';
          if (open && isIntunes(record)) found.set(record.serialNumber, record);
        }
        ({ continuation } = page);
      } while (continuation !== undefined);
    }
    return [...found.values()];
  }

  async function judge(
    record: CertificateRecord,
    names: DirectoryNames,
    cause?: Candidate,
  ): Promise<RevocationOrder | undefined> {
    const holder = holderOf(record);
    if (!holder) return undefined;
    const standing = await directory.standingOf(holder, names.evidenceFor(record, cause));
    const order = orderFor(record, standing);
    if (order && standing.standing !== 'good') {
      const { serialNumber, deviceId, user } = record;
      logger.info('The directory speaks against a certificate', {
        serialNumber,
        deviceId,
        user,
        why: standing.why,
      });
    }
    return order;
  }

  /** Certificates that the directory holds: those whose holder is well again, or gone for good meanwhile. */
  async function reviewHolds(
    names: DirectoryNames,
    after: string | undefined,
    untilMs: number,
  ): Promise<{ readonly orders: RevocationOrder[]; readonly after?: string }> {
    const serials: string[] = [];
    for await (const { reason, serialNumber } of certificates.revoked()) {
      if (reason === 'certificateHold') serials.push(serialNumber);
    }
    serials.sort();
    const start = after === undefined ? 0 : serials.findIndex((serial) => serial > after);
    const rotated = start <= 0 ? serials : [...serials.slice(start), ...serials.slice(0, start)];
    const orders: RevocationOrder[] = [];
    let last: string | undefined;
    const left = await workSideBySide(rotated, clock, untilMs, async (serialNumber) => {
      const record = await certificates.get(serialNumber);
      last = serialNumber;
      if (!record || !isHeldByDirectory(record)) return;
      const order = await judge(record, names);
      if (order) orders.push(order);
    });
    return { orders, ...(left.length > 0 && last !== undefined ? { after: last } : {}) };
  }

  /** Looks at candidates until the time is up. */
  async function reviewCandidates(
    queue: readonly Candidate[],
    names: DirectoryNames,
    untilMs: number,
  ): Promise<{
    readonly orders: RevocationOrder[];
    readonly pending: Candidate[];
    readonly failure?: SkepError;
  }> {
    const orders: RevocationOrder[] = [];
    const unconfirmed: Candidate[] = [];
    const failed: Candidate[] = [];
    let failure: SkepError | undefined;
    async function settle(record: CertificateRecord, candidate: Candidate): Promise<boolean> {
      // It is being issued at this moment; what becomes of it is seen next time.
      if (record.state === 'reserved') return false;
      const order = await judge(record, names, candidate);
      if (order) orders.push(order);
      return order !== undefined || !isLive(record);
    }
    const left = await workSideBySide(queue, clock, untilMs, async (candidate) => {
      // After one failure the others would most likely fail too, each with its whole budget.
      if (failure) {
        failed.push(candidate);
        return;
      }
      try {
        const records = await findRecords(names.searchesFor(candidate));
        const settled = await Promise.all(records.map((record) => settle(record, candidate)));
        // A feed that spoke too early, or an object that is read from a replica which lags behind: look again later.
        if (settled.includes(false)) unconfirmed.push(candidate);
      } catch (thrown) {
        failure = toSkepError(thrown);
        failed.push(candidate);
      }
    });
    const oldestMs = clock.now().getTime() - settings.doubtMs;
    const pending = [
      ...left,
      ...unconfirmed.filter(({ noticedAt }) => noticedAt.getTime() > oldestMs),
      ...failed,
    ];
    return { orders, pending, ...(failure ? { failure } : {}) };
  }

  async function apply(orders: readonly RevocationOrder[], counts: Counts): Promise<void> {
    const { results } = await revoker.apply(orders);
    results.forEach((result, i) => {
      const action = orders[i]?.action;
      if (result instanceof SkepError) counts.failed++;
      else if (result.changed && action !== undefined) counts[DONE[action]]++;
    });
  }

  return singleFlight(async () => {
    const start = clock.now();
    const untilMs = start.getTime() + settings.budgetMs;
    const before = await parts.state.load();
    const readings = await readFeeds(directory, before, clock, untilMs);
    const queue = merge([...before.pending, ...readings.candidates]);
    const names = createDirectoryNames(readings.feeds, queue);
    const counts: Counts = { revoked: 0, held: 0, released: 0, failed: 0 };

    // Half of the time is for what the feeds say, however many certificates are on hold.
    const holds = await reviewHolds(names, before.heldAfter, start.getTime() + settings.budgetMs / 2);
    const releases = holds.orders.filter(({ action }) => action === 'release');
    if (releases.length > 0) await apply(releases, counts);

    const review = await reviewCandidates(queue, names, untilMs);
    const orders = merged([...holds.orders, ...review.orders]).filter(({ action }) => action !== 'release');
    const spent = recentlySpent(before.spent, start);
    await assertPlausible(orders.length, spent, certificates, settings);
    if (orders.length > 0) await apply(orders, counts);

    await parts.state.save({
      feeds: readings.feeds,
      // What could not be written comes from the feeds no second time.
      pending: counts.failed > 0 ? queue : review.pending,
      spent: orders.length > 0 ? [...spent, { at: start, count: orders.length }] : spent,
      ...(holds.after === undefined ? {} : { heldAfter: holds.after }),
    });
    if (review.failure) throw review.failure;
    return { candidates: queue.length, ...counts };
  });
}

const DONE = { revoke: 'revoked', hold: 'held', release: 'released' } as const satisfies Record<
  RevocationOrder['action'],
  keyof Counts
>;

async function readFeeds(
  directory: Directory,
  { feeds }: DirectoryState,
  clock: Clock,
  untilMs: number,
): Promise<{ readonly feeds: DirectoryState['feeds']; readonly candidates: readonly Candidate[] }> {
  const candidates: Candidate[] = [];
  const states: Partial<Record<FeedName, FeedState>> = {};
  for (const feed of FEEDS) {
    const reading = await readFeed(directory, feed, feeds[feed], clock, untilMs);
    states[feed] = reading.state;
    candidates.push(...reading.candidates);
  }
  return { feeds: { ...feeds, ...states }, candidates };
}

/** Each once, with all names that it ever had, since it was noticed first. */
function merge(candidates: readonly Candidate[]): Candidate[] {
  const byObject = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.feed}/${candidate.id}`;
    const earlier = byObject.get(key);
    const names = [...new Set([...candidate.names, ...(earlier?.names ?? [])])];
    byObject.set(key, { ...(earlier ?? candidate), names });
  }
  return [...byObject.values()];
}

/** One order for each certificate: an end outweighs a hold. */
function merged(orders: readonly RevocationOrder[]): RevocationOrder[] {
  const bySerial = new Map<string, RevocationOrder>();
  for (const order of orders) {
    if (bySerial.get(order.serialNumber)?.action !== 'revoke') bySerial.set(order.serialNumber, order);
  }
  return [...bySerial.values()];
}
