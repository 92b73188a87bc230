/**
 * @module What happens in Intune and Entra happens to certificates: deleted, retired, wiped ends them; disabled holds
 * them until it is enabled again. A timer reads what changed; all of it may be repeated.
 *
 * The feeds only say whom to look at. Each certificate is judged by what the directory says about its own device and
 * user at this moment, so that neither an empty list nor a late one revokes anything by itself.
 */
import { HOUR_MS, type Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { LogFields, Logger } from '../base/log.js';
import { singleFlight } from '../base/single-flight.js';
import type { OutOfTime } from '../base/time-box.js';
import type { Directory } from '../directory/directory.js';
import type { CertificateRecord, CertificateSearch, RevokedReader, SearchBy } from '../store/store.js';
import { assertPlausible, BRAKE_DEFAULTS, type BrakeSettings, recentlySpent } from './directory-brake.js';
import { createDirectoryNames, type DirectoryNames } from './directory-names.js';
import { holderOf, isHeldByDirectory, isLive, isOnHold, orderFor } from './directory-orders.js';
import { readFeeds } from './directory-reading.js';
import type { Candidate, DirectoryState, DirectoryStateStore } from './directory-state.js';
import type { IntuneCheck } from './intunes-own.js';
import type { RevocationOrder, Revoker } from './revoker.js';
import { workSideBySide } from './side-by-side.js';

export interface DirectorySyncSettings extends BrakeSettings {
  /** How long a claim of the feeds that is not confirmed is looked at again: Graph's replicas lag behind each other. */
  readonly doubtMs: number;
  /** Certificates that one run revokes or holds; the next one takes the rest. To write 5000 takes less than a minute. */
  readonly mostOrders: number;
}

export const DIRECTORY_SYNC_DEFAULTS: DirectorySyncSettings = {
  ...BRAKE_DEFAULTS,
  doubtMs: 2 * HOUR_MS,
  mostOrders: 5000,
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
} & OutOfTime;

export interface DirectorySyncParts {
  readonly directory: Directory;
  readonly certificates: CertificateSearch & RevokedReader;
  readonly revoker: Pick<Revoker, 'apply'>;
  readonly state: DirectoryStateStore;
  /** Others' certificates are not the directory's to revoke. */
  readonly isIntunes: IntuneCheck;
  readonly clock: Clock;
  readonly logger: Logger;
  /** After this nothing new is looked at; the next run goes on. */
  readonly budgetMs: number;
  /** What differs from `DIRECTORY_SYNC_DEFAULTS`. */
  readonly settings?: Partial<DirectorySyncSettings>;
}

type Counts = { -readonly [Name in 'revoked' | 'held' | 'released' | 'failed']: number };

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
  ): Promise<{
    readonly orders: RevocationOrder[];
    readonly after?: string | undefined;
    /** Those that there was no time for. */
    readonly left: number;
    readonly failure: SkepError | undefined;
  }> {
    const serials: string[] = [];
    for await (const { reason, serialNumber } of certificates.revoked()) {
      if (reason === 'certificateHold') serials.push(serialNumber);
    }
    serials.sort();
    const start = after === undefined ? 0 : serials.findIndex((serial) => serial > after);
    const rotated = start <= 0 ? serials : [...serials.slice(start), ...serials.slice(0, start)];
    const orders: RevocationOrder[] = [];
    let last: string | undefined;
    const { left, failed } = await workSideBySide(rotated, clock, untilMs, async (serialNumber) => {
      last = serialNumber;
      const record = await certificates.get(serialNumber);
      if (!record || !isHeldByDirectory(record)) return;
      const order = await judge(record, names);
      if (order) orders.push(order);
    });
    for (const { item, error } of failed) tellOfFailure(error, { serialNumber: item });
    return {
      orders,
      left: left.length,
      failure: failed[0]?.error,
      ...(left.length > 0 ? { after: last ?? after } : {}),
    };
  }

  /** Looks at candidates until the time is up. */
  async function reviewCandidates(
    queue: readonly Candidate[],
    names: DirectoryNames,
    untilMs: number,
  ): Promise<{
    /** Each with whom it is because of. */
    readonly orders: readonly { readonly order: RevocationOrder; readonly cause: Candidate }[];
    readonly pending: Candidate[];
    /** Those that there was no time for. */
    readonly left: number;
    readonly failure: SkepError | undefined;
  }> {
    const orders: { readonly order: RevocationOrder; readonly cause: Candidate }[] = [];
    const unconfirmed: Candidate[] = [];
    const unfinished: Candidate[] = [];

    /** @returns whether there is nothing left to look at. */
    async function settle(record: CertificateRecord, cause: Candidate): Promise<boolean> {
      // It is being issued at this moment; what becomes of it is seen next time.
      if (record.state === 'reserved') return false;
      const order = await judge(record, names, cause);
      if (order) orders.push({ order, cause });
      return order !== undefined || !isLive(record);
    }

    const { left, failed } = await workSideBySide(queue, clock, untilMs, async (candidate) => {
      const found = await findRecords(names.searchesFor(candidate));
      // A user can have a thousand: neither all at once, nor without an end, and first those that may be good no more.
      const records = [...found.filter(isLive), ...found.filter((record) => !isLive(record))];
      const unsettled: CertificateRecord[] = [];
      const judged = await workSideBySide(records, clock, untilMs, async (record) => {
        if (!(await settle(record, candidate))) unsettled.push(record);
      });
      const [first] = judged.failed;
      if (first) throw first.error;
      if (judged.left.length > 0) unfinished.push(candidate);
      // A feed that spoke too early, or an object that is read from a replica which lags behind: look again later.
      else if (unsettled.length > 0) unconfirmed.push(candidate);
    });
    for (const { item, error } of failed) tellOfFailure(error, { feed: item.feed, object: item.id });
    const oldestMs = clock.now().getTime() - settings.doubtMs;
    const pending = [
      ...left,
      ...unfinished,
      ...unconfirmed.filter(({ noticedAt }) => noticedAt.getTime() > oldestMs),
      // Last, so that those who fail every time do not keep the others from their turn.
      ...failed.map(({ item }) => item),
    ];
    return { orders, pending, left: left.length + unfinished.length, failure: failed[0]?.error };
  }

  function tellOfFailure({ code, detail }: SkepError, whom: LogFields): void {
    logger.warn('The directory could not be asked about somebody; the next run asks again', {
      ...whom,
      code,
      detail,
    });
  }

  /** @returns the serial numbers of those that are fulfilled. */
  async function apply(orders: readonly RevocationOrder[], counts: Counts): Promise<ReadonlySet<string>> {
    const { results } = await revoker.apply(orders);
    const fulfilled = new Set<string>();
    orders.forEach(({ action, serialNumber }, i) => {
      const result = results[i];
      if (!result || result instanceof SkepError) {
        counts.failed++;
        return;
      }
      fulfilled.add(serialNumber);
      if (result.changed) counts[DONE[action]]++;
    });
    return fulfilled;
  }

  return singleFlight(async () => {
    const start = clock.now();
    const at = (share: number) => start.getTime() + parts.budgetMs * share;
    let state = await parts.state.load();
    const keep = async (changes: Partial<DirectoryState>): Promise<void> => {
      state = { ...state, ...changes };
      await parts.state.save(state);
    };

    // Each part has its time, so that neither a list that never ends nor many holds keep the others from their turn.
    const read = await readFeeds({ directory, before: state, clock, untilMs: at(READING), keep });
    const queue = state.pending;
    const names = createDirectoryNames(state.feeds, queue);
    const counts: Counts = { revoked: 0, held: 0, released: 0, failed: 0 };

    const holds = await reviewHolds(names, state.heldAfter, at(READING + HOLDS));
    const releases = holds.orders.filter(({ action }) => action === 'release');
    if (releases.length > 0) await apply(releases, counts);
    // Before anything can stop the run: the brake must not keep it at the same holds for ever.
    if (holds.after !== state.heldAfter) await keep({ heldAfter: holds.after });

    const review = await reviewCandidates(queue, names, at(1));
    const reviewed = review.orders.filter(({ order }) => order.action !== 'release');
    const found = merged([
      ...holds.orders.filter(({ action }) => action !== 'release'),
      ...reviewed.map(({ order }) => order),
    ]);
    const spent = recentlySpent(state.spent, start);
    await assertPlausible(found.length, spent, certificates, settings);
    const orders = found.slice(0, settings.mostOrders);
    let fulfilled: ReadonlySet<string> = new Set();
    if (orders.length > 0) {
      // Before it is done: a run that is ended meanwhile must not take the brake off the next one.
      await keep({ spent: [...spent, { at: start, count: orders.length }] });
      fulfilled = await apply(orders, counts);
    }

    // What could not be written, or there was no time for, comes from the feeds no second time.
    const unwritten = reviewed.filter(({ order }) => !fulfilled.has(order.serialNumber));
    const allOrdered = orders.length === found.length;
    await keep({
      pending: [...new Set([...review.pending, ...unwritten.map(({ cause }) => cause)])],
      ...(orders.length > 0 ? {} : { spent }),
    });
    // Last of all: what the other feeds told was looked at all the same.
    const failure = read.failure ?? holds.failure ?? review.failure;
    if (failure) throw failure;
    const allDone = read.inTime && holds.left === 0 && review.left === 0 && allOrdered;
    return { candidates: queue.length, ...counts, ...(allDone ? {} : { outOfTime: true }) };
  });
}

/** Shares of the time. What is left when they end is for the candidates. */
const READING = 0.5;
const HOLDS = 0.25;

const DONE = { revoke: 'revoked', hold: 'held', release: 'released' } as const satisfies Record<
  RevocationOrder['action'],
  keyof Counts
>;

/** One order for each certificate: an end outweighs a hold. */
function merged(orders: readonly RevocationOrder[]): RevocationOrder[] {
  const bySerial = new Map<string, RevocationOrder>();
  for (const order of orders) {
    if (bySerial.get(order.serialNumber)?.action !== 'revoke') bySerial.set(order.serialNumber, order);
  }
  return [...bySerial.values()];
}
