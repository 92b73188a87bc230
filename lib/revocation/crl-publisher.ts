/**
 * @module Publishes the CRL: by a timer, at once after a revocation, and when somebody asks before the first one.
 *
 * Up to `deltaAboveEntries` each publication is a complete CRL. Above it a complete one is made only every
 * `baseIntervalMs` and names a delta CRL, which each publication in between replaces. Partitions would have to be
 * chosen when a certificate is issued, because its distribution point is; deltas can begin and end at any time.
 */
import { hash } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { Authority, AuthoritySource, Issuer } from '../keys/authority.js';
import { children, readWhole, TAG } from '../pki/der.js';
import type { PublicationStore, RevokedReader } from '../store/store.js';
import { issuerIdOf, issuersOf } from './answered-authority.js';
import {
  collectEntries,
  signCompleteCrl,
  signDeltaCrl,
  subtractBase,
  type CrlEntries,
  type CrlHeader,
} from './crl-builder.js';
import {
  createPublishedCrls,
  crlPath,
  type CrlKind,
  type CrlPair,
  type IssuerCrls,
  type PublishedCrl,
} from './published-crls.js';

export interface CrlSettings {
  /** nextUpdate after the time of issue. Publications come every hour, so a day leaves time to mend what broke. */
  readonly validityMs: number;
  /** thisUpdate before the time of issue: clients whose clock is slow refuse a CRL of the future. */
  readonly backdateMs: number;
  readonly deltaAboveEntries: number;
  /** At most `validityMs`, minus what an outage may last. */
  readonly baseIntervalMs: number;
  /** How long this instance serves a CRL from memory before it looks for another instance's. */
  readonly cacheMs: number;
}

export const CRL_DEFAULTS: CrlSettings = {
  validityMs: DAY_MS,
  backdateMs: 5 * MINUTE_MS,
  deltaAboveEntries: 50_000,
  baseIntervalMs: 12 * HOUR_MS,
  cacheMs: MINUTE_MS,
};

export interface CrlPublisher {
  /**
   * Publishes all that is revoked at the time of the call. Calls that come while one is at work share the next.
   * @param cause for the log, e.g. `timer`, `revocation`.
   * @throws {SkepError} `ERR_STORE_UNAVAILABLE`, `ERR_STORE_CONFLICT` when other instances kept publishing, and what
   *   the CA's signer throws.
   */
  publish(cause: string): Promise<void>;
  /**
   * An issuer's complete CRL, DER; published now if there is none. Throws as `publish` does.
   * @param issuerId as for `find`.
   * @throws {SkepError} also `ERR_CERT_UNKNOWN` when there is none, and nobody signs another for this issuer.
   */
  current(issuerId?: string): Promise<Uint8Array>;
  /**
   * A CRL of the issuer, of a former one, or of an earlier one whose last CRL is still in the store.
   * @param issuerId upper-case hex; the present issuer by default.
   * @returns undefined for a stranger, and for a delta CRL that does not exist. Throws as `publish` does.
   */
  find(kind: CrlKind, issuerId?: string): Promise<PublishedCrl | undefined>;
}

export interface CrlPublisherOptions {
  readonly authority: AuthoritySource;
  readonly revoked: RevokedReader;
  readonly publications: PublicationStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Address that clients reach us at over plain HTTP, without a slash at the end. */
  readonly publicUrl: string;
  /** What differs from `CRL_DEFAULTS`. */
  readonly settings?: Partial<CrlSettings>;
}

const MAX_ATTEMPTS = 3;
/** Between two attempts to renew a lapsed CRL because somebody asked for it. */
const RETRY_MS = MINUTE_MS;

export function createCrlPublisher(options: CrlPublisherOptions): CrlPublisher {
  const { clock, logger } = options;
  const settings: CrlSettings = { ...CRL_DEFAULTS, ...options.settings };
  const published = createPublishedCrls(options.publications, clock, settings.cacheMs);
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  let retryAt = 0;

  /** The present CA's CRL counts; a former CA whose key is gone must not keep it back. */
  async function publishAll(cause: string): Promise<void> {
    const authority = await options.authority();
    await publishOnce(authority.issuer, cause);
    for (const issuer of issuersOf(authority).slice(1)) {
      await publishOnce(issuer, cause).catch((thrown: unknown) => {
        const { code, message } = toSkepError(thrown);
        logger.error('The CRL of a former CA could not be published', { code, message });
      });
    }
  }

  /** @param attempt how many there were, with this one. */
  async function publishOnce(issuer: Issuer, cause: string, attempt = 1): Promise<void> {
    try {
      await publishRound(issuer, cause);
    } catch (thrown) {
      if (toSkepError(thrown).code !== 'ERR_STORE_CONFLICT') throw thrown;
      if (attempt === MAX_ATTEMPTS) {
        const detail = `the CRL was replaced during each of ${MAX_ATTEMPTS} attempts`;
        throw new SkepError('ERR_STORE_CONFLICT', { detail, cause: thrown });
      }
      logger.info('Another instance published a CRL first; ours is made again', { cause, attempt });
      return publishOnce(issuer, cause, attempt + 1);
    }
  }

  /**
   * Replaces what is published, or fails. What is replaced is read before the entries are, and nothing else is replaced:
   * whoever published it had read its entries before we read ours, so no entry is lost, and its number is the one that
   * ours exceeds. Neither depends on anybody's clock.
   */
  async function publishRound(issuer: Issuer, cause: string): Promise<void> {
    const issuerId = issuerIdOf(issuer.certificate);
    const before = await published.load(issuerId);
    const header = nextHeader(clock.now(), settings, before);
    const entries = await collectEntries(options.revoked, issuerId, before?.complete.list.thisUpdate);
    const prepared = await prepare(issuer, header, entries, before);

    // Each use of the CA key leaves a line, also when what was signed comes to nothing.
    for (const der of prepared.signed.values()) logger.info('Signed a CRL', { cause, tbs: digestOfTbs(der) });

    await published.save(issuerId, prepared, before);
    logger.info('Published a CRL', {
      cause,
      number: header.number,
      entries: entries.size,
      documents: [...prepared.signed.keys()].map((kind) => crlPath(issuerId, kind)).join(' '),
    });
  }

  async function prepare(
    issuer: Issuer,
    header: CrlHeader,
    entries: CrlEntries,
    before: IssuerCrls | undefined,
  ): Promise<Prepared> {
    const now = clock.now();
    if (entries.size <= settings.deltaAboveEntries)
      return prepareComplete(issuer, header, entries, liveDelta(before, now));
    if (isYoungBase(before, now, settings)) return prepareDelta(issuer, header, entries, before);
    const deltaUrl = `${options.publicUrl}/${crlPath(issuerIdOf(issuer.certificate), 'delta')}`;
    return prepareBase(issuer, header, entries, deltaUrl);
  }

  function publish(cause: string): Promise<void> {
    if (!running) {
      running = publishAll(cause).finally(() => {
        running = undefined;
      });
      return running;
    }
    // The one at work may have read the rows before what this caller wants published was written.
    const afterwards = (): Promise<void> => {
      waiting = undefined;
      return publish(cause);
    };
    waiting ??= running.then(afterwards, afterwards);
    return waiting;
  }

  /** An issuer's complete CRL, made when it is missing and renewed when it has lapsed. */
  async function findCurrent(issuerId: string): Promise<PublishedCrl | undefined> {
    const found = (await published.find(issuerId))?.complete;
    const now = clock.now();
    if (found && (now < found.list.nextUpdate || now.getTime() < retryAt)) return found;
    retryAt = now.getTime() + RETRY_MS;
    try {
      await (running ?? publish('demand'));
    } catch (thrown) {
      const { code, message } = toSkepError(thrown);
      // Whoever was faster published the one that was asked for.
      if (!found && code !== 'ERR_STORE_CONFLICT') throw thrown;
      logger.error('The CRL has lapsed and cannot be renewed', { code, message });
    }
    return (await published.find(issuerId))?.complete;
  }

  async function find(kind: CrlKind, wanted?: string): Promise<PublishedCrl | undefined> {
    const authority = await options.authority();
    const issuerId = wanted ?? issuerIdOf(authority.issuer.certificate);
    if (kind === 'complete' && signsFor(authority, issuerId)) return findCurrent(issuerId);
    return isOurs(authority, issuerId) ? (await published.find(issuerId))?.[kind] : undefined;
  }

  return {
    publish,
    find,
    async current(issuerId) {
      const found = await find('complete', issuerId);
      if (found) return found.der;
      if (issuerId !== undefined && !signsFor(await options.authority(), issuerId))
        throw new SkepError('ERR_CERT_UNKNOWN', { detail: 'no CRL of that CA' });
      throw new SkepError('ERR_STORE_UNAVAILABLE', { detail: 'the CRL is gone again' });
    },
  };
}

interface Prepared extends CrlPair {
  /** What is new of it. */
  readonly signed: ReadonlyMap<CrlKind, Uint8Array>;
}

async function prepareDelta(
  issuer: Issuer,
  header: CrlHeader,
  entries: CrlEntries,
  { complete: base, delta: before }: IssuerCrls,
): Promise<Prepared> {
  const difference = subtractBase(entries, base.list, before?.list, header.thisUpdate);
  const delta = await signDeltaCrl(issuer, header, difference, base.list.number);
  return { complete: base.der, delta, signed: new Map([['delta', delta]]) };
}

/** A complete CRL that names a delta comes with an empty one of the same number. */
async function prepareBase(
  issuer: Issuer,
  header: CrlHeader,
  entries: CrlEntries,
  deltaUrl: string,
): Promise<Prepared> {
  const complete = await signCompleteCrl(issuer, header, entries, deltaUrl);
  const delta = await signDeltaCrl(issuer, header, new Map(), header.number);
  return {
    complete,
    delta,
    signed: new Map([
      ['complete', complete],
      ['delta', delta],
    ]),
  };
}

async function prepareComplete(
  issuer: Issuer,
  header: CrlHeader,
  entries: CrlEntries,
  delta: Uint8Array | undefined,
): Promise<Prepared> {
  const complete = await signCompleteCrl(issuer, header, entries, undefined);
  return { complete, delta, signed: new Map([['complete', complete]]) };
}

/** The last delta stays while it is good: clients that hold the base before would look for it in vain. */
function liveDelta(before: IssuerCrls | undefined, now: Date): Uint8Array | undefined {
  return before?.delta && now < before.delta.list.nextUpdate ? before.delta.der : undefined;
}

/** Whether a delta can be put on this base: it named a delta when it was made, and is not due to be replaced. */
function isYoungBase(
  before: IssuerCrls | undefined,
  now: Date,
  { baseIntervalMs }: CrlSettings,
): before is IssuerCrls {
  return (
    before !== undefined &&
    before.delta?.list.baseNumber === before.complete.list.number &&
    now.getTime() - before.complete.list.thisUpdate.getTime() < baseIntervalMs
  );
}

/**
 * The number is the time in milliseconds: it rises across instances without a counter that they would have to share
 * (RFC 5280 section 5.2.3 wants it to rise, not to be dense), and one sequence serves complete and delta CRLs. Should
 * our clock be behind, it still exceeds what is replaced.
 */
function nextHeader(
  now: Date,
  { validityMs, backdateMs }: CrlSettings,
  before: IssuerCrls | undefined,
): CrlHeader {
  const highest = Math.max(before?.complete.list.number ?? 0, before?.delta?.list.number ?? 0);
  return {
    number: Math.max(now.getTime(), highest + 1),
    thisUpdate: new Date(now.getTime() - backdateMs),
    nextUpdate: new Date(now.getTime() + validityMs),
  };
}

/** Whether its key is at hand. */
function signsFor(authority: Authority, issuerId: string): boolean {
  return issuersOf(authority).some(({ certificate }) => issuerIdOf(certificate) === issuerId);
}

function isOurs({ issuer, trusted }: Authority, issuerId: string): boolean {
  return [issuer.certificate, ...trusted].some((certificate) => issuerIdOf(certificate) === issuerId);
}

/** SHA-256 of TBSCertList, base64url: what the key was given, as a vault's own log has it. */
function digestOfTbs(der: Uint8Array): string {
  const [tbs] = children(readWhole(der, TAG.sequence));
  return hash('sha256', tbs?.bytes ?? new Uint8Array(), 'base64url');
}
