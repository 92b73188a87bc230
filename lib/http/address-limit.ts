/**
 * @module How often one address may ask: a bucket of tokens for each, in this process alone.
 *
 * A whole site may stand behind one address, so the defaults are generous: they stop a single machine that runs wild,
 * not a distributed flood, which is for the platform in front.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { MINUTE_MS, type Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { HttpRequest } from './http.js';

export interface AddressLimitOptions {
  /** What is counted, for the log. */
  readonly what: string;
  /** Per address; so many may also come at once. 0: no limit. */
  readonly perMinute: number;
  /**
   * Proxies in front that append to X-Forwarded-For the address that they see; what stands to the left of theirs, the
   * client may have written itself.
   */
  readonly trustedHops: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Addresses that are remembered; the one that asked longest ago is forgotten first. Default 10 000. */
  readonly maxAddresses?: number;
}

export interface AddressLimit {
  /**
   * Counts one, or refuses it. A request of an address that no proxy told is never refused.
   * @throws {SkepError} `ERR_RATE_LIMITED` with the seconds after which there is room for one.
   */
  take(request: HeaderSource): void;
  /** Refuses as `take` does, and counts nothing. @throws {SkepError} `ERR_RATE_LIMITED` */
  assertRoom(request: HeaderSource): void;
  /** Counts one that was let in, and refuses nothing. */
  count(request: HeaderSource): void;
}

type HeaderSource = Pick<HttpRequest, 'headers'>;

export function createAddressLimit(options: AddressLimitOptions): AddressLimit {
  const { what, perMinute, trustedHops, clock, logger, maxAddresses = 10_000 } = options;
  const intervalMs = MINUTE_MS / Math.max(1, perMinute);
  const toleranceMs = MINUTE_MS - intervalMs;
  /** When the bucket of an address is full again (generic cell rate algorithm); in the order of use. */
  const fullAt = new Map<string, number>();
  /** Told of already, until the address was seen with room again. */
  const refused = new Set<string>();

  const addressOf = (request: HeaderSource) =>
    perMinute > 0 ? readClientAddress(request, trustedHops) : undefined;
  const now = () => clock.now().getTime();

  function assertRoom(request: HeaderSource): void {
    const address = addressOf(request);
    if (address === undefined) return;
    const waitMs = (fullAt.get(address) ?? 0) - now() - toleranceMs;
    if (waitMs <= 0) {
      refused.delete(address);
      return;
    }
    tellOnce(address);
    throw new SkepError('ERR_RATE_LIMITED', { detail: what, retryAfterSeconds: Math.ceil(waitMs / 1000) });
  }

  function count(request: HeaderSource): void {
    const address = addressOf(request);
    if (address !== undefined) put(address, Math.max(now(), fullAt.get(address) ?? 0) + intervalMs);
  }

  /** One line when it begins: a flood is not to flood the log as well. */
  function tellOnce(address: string): void {
    if (refused.has(address)) return;
    refused.add(address);
    logger.warn('An address asks too often', { code: 'ERR_RATE_LIMITED', address, what, perMinute });
  }

  function put(address: string, value: number): void {
    fullAt.delete(address);
    fullAt.set(address, value);
    if (fullAt.size <= maxAddresses) return;
    const [oldest] = fullAt.keys();
    if (oldest === undefined) return;
    fullAt.delete(oldest);
    refused.delete(oldest);
  }

  return {
    assertRoom,
    count,
    take(request) {
      assertRoom(request);
      count(request);
    },
  };
}

/**
 * The address that the outermost trusted proxy saw. A home or an office has a whole /64 of IPv6, so that is what counts.
 * @returns nothing where there is no proxy, or it tells no address.
 */
export function readClientAddress({ headers }: HeaderSource, trustedHops: number): string | undefined {
  const entries = headers.get('x-forwarded-for')?.split(',') ?? [];
  // Fewer than there should be: it came past a proxy, and the first that saw it is the one to believe.
  const text = (entries.at(-trustedHops) ?? entries[0] ?? '').trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+)(?::\d+)?$/.exec(text)?.[1] ?? text;
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare) || bare.includes('%')) return undefined;
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string): string[] => (part ? part.split(':') : []);
  const [left, right] = [groups(head), groups(tail ?? '')];
  const all = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const mapped = all.slice(0, 5).every((group) => group === '0') && all[5] === 'ffff';
  return mapped ? `::ffff:${all.slice(6).join(':')}` : `${all.slice(0, 4).join(':')}::/64`;
}
