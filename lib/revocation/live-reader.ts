/**
 * @module A reader for OCSP that looks at the directory at the moment of the question. What it finds is written through
 * the revoker, so that the CRL says the same; when the directory is away, the row alone answers.
 *
 * It only ever puts on hold, which can be undone: whether somebody is gone for good, the timer finds out, which knows
 * who was there before and has a brake.
 */
import { HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { Directory, Standing } from '../directory/directory.js';
import type { CertificateReader, CertificateRecord } from '../store/store.js';
import { DIRECTORY, holderOf, isHeldByDirectory, isLive, orderFor } from './directory-orders.js';
import type { IntuneCheck } from './intunes-own.js';
import type { RevocationOrder, Revoker } from './revoker.js';

export interface LiveReaderSettings {
  /** How long the directory's word about a certificate is good. */
  readonly cacheMs: number;
  readonly cacheEntries: number;
  /** How long whoever asks is kept waiting for the directory at most. */
  readonly budgetMs: number;
  /** Age up to which a device that nobody knows is believed to be merely too new for Graph. */
  readonly graceMs: number;
  /** Certificates that one instance puts on hold within an hour. */
  readonly maxHoldsPerHour: number;
}

export const LIVE_READER_DEFAULTS: LiveReaderSettings = {
  cacheMs: MINUTE_MS,
  cacheEntries: 5000,
  budgetMs: 2000,
  graceMs: 15 * MINUTE_MS,
  maxHoldsPerHour: 20,
};

export interface LiveReaderParts {
  readonly certificates: CertificateReader;
  readonly directory: Pick<Directory, 'standingOf'>;
  /** A function, since the revoker itself needs the OCSP responder that reads through here. */
  readonly revoker: () => Pick<Revoker, 'apply'>;
  /** Others' certificates are answered for from the store alone. */
  readonly isIntunes: IntuneCheck;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What differs from `LIVE_READER_DEFAULTS`. */
  readonly settings?: Partial<LiveReaderSettings>;
}

/** Throws what `certificates` throws; never because of the directory. */
export function createLiveReader(parts: LiveReaderParts): CertificateReader {
  const { certificates, directory, isIntunes, clock, logger } = parts;
  const settings: LiveReaderSettings = { ...LIVE_READER_DEFAULTS, ...parts.settings };
  /** The directory's word by serial number, with the time until which it is good. */
  const words = new Map<string, { readonly standing: Promise<Standing>; readonly untilMs: number }>();
  let holds: number[] = [];

  function ask(record: CertificateRecord): Promise<Standing> | undefined {
    const holder = holderOf(record);
    if (!holder) return undefined;
    const { serialNumber } = record;
    const nowMs = clock.now().getTime();
    const known = words.get(serialNumber);
    if (known && nowMs < known.untilMs) return known.standing;
    // An outage is remembered as well: not every question may wait for a directory that is away.
    const standing = directory.standingOf(holder, undefined, settings.budgetMs);
    standing.catch(() => undefined);
    words.delete(serialNumber);
    words.set(serialNumber, { standing, untilMs: nowMs + settings.cacheMs });
    const [oldest] = words.keys();
    if (words.size > settings.cacheEntries && oldest !== undefined) words.delete(oldest);
    return standing;
  }

  function decide(record: CertificateRecord, standing: Standing): RevocationOrder | undefined {
    const order = orderFor(record, standing);
    if (order?.action !== 'revoke') return order;
    if (!isLive(record)) return undefined;
    const ageMs = clock.now().getTime() - record.reservedAt.getTime();
    const maybeTooNew = standing.standing === 'ended' && standing.why !== 'device-retired';
    if (maybeTooNew && ageMs < settings.graceMs) return undefined;
    return { action: 'hold', serialNumber: record.serialNumber, by: DIRECTORY };
  }

  /** Whether another hold is plausible; each one counts. */
  function allowHold(serialNumber: string): boolean {
    const nowMs = clock.now().getTime();
    holds = holds.filter((atMs) => nowMs - atMs < HOUR_MS);
    if (holds.length < settings.maxHoldsPerHour) {
      holds.push(nowMs);
      return true;
    }
    logger.error('The directory speaks against too many certificates; OCSP answers from the store', {
      code: 'ERR_DIRECTORY_BRAKE',
      serialNumber,
    });
    return false;
  }

  async function follow(order: RevocationOrder, record: CertificateRecord): Promise<CertificateRecord> {
    if (order.action === 'hold' && !allowHold(order.serialNumber)) return record;
    const [result] = (await parts.revoker().apply([order])).results;
    return result && 'record' in result ? result.record : record;
  }

  return {
    async get(serialNumber) {
      const record = await certificates.get(serialNumber);
      if (!record || !isIntunes(record)) return record;
      if (!isLive(record) && !isHeldByDirectory(record)) return record;
      try {
        const standing = await ask(record);
        const order = standing && decide(record, standing);
        return order ? await follow(order, record) : record;
      } catch (thrown) {
        const { code, detail } = toSkepError(thrown);
        logger.warn('The directory cannot be asked; OCSP answers from the store', {
          code,
          detail,
          serialNumber,
        });
        return record;
      }
    },
  };
}
