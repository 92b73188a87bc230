/** @module Which RA certificate is handed out, which ones still open, and when the next one is due. */
import { DAY_MS, HOUR_MS } from '../base/clock.js';
import type { Certificate } from '../pki/certificate.js';
import { isIssuedBy } from './fitness.js';

export interface RaCandidate {
  readonly parsed: Certificate;
  /** When it came to be, where other instances have to learn of it; absent when there are none. */
  readonly since?: Date;
}

export interface Succession<T> {
  /** Those still in force, the one to hand out first. */
  readonly inForce: readonly T[];
  /** Whether the first of them can be handed out: the current CA issued it. */
  readonly ready: boolean;
  /** Whether a new one should be made now. */
  readonly due: boolean;
}

export interface SuccessionRules {
  /** The current CA certificate. */
  readonly ca: Certificate;
  readonly now: Date;
  /** Days before its end at which an RA certificate is replaced; default 30. A short-lived one has a third of its life. */
  readonly renewBeforeDays?: number | undefined;
}

const RENEW_BEFORE_DAYS = 30;

/** A new certificate opens at once, but is handed out only when every instance has looked again and can open too. */
const SETTLE_MS = HOUR_MS;

/** @param candidates RA certificates with whatever belongs to them, oldest first. */
export function orderRas<T extends RaCandidate>(
  candidates: readonly T[],
  { ca, now, renewBeforeDays = RENEW_BEFORE_DAYS }: SuccessionRules,
): Succession<T> {
  const isSettled = ({ since }: T) => !since || now.getTime() - since.getTime() >= SETTLE_MS;
  const newestFirst = candidates.filter(({ parsed }) => parsed.notAfter > now).reverse();
  const current = newestFirst.filter(({ parsed }) => isIssuedBy(parsed, ca));
  const former = newestFirst.filter((candidate) => !current.includes(candidate));
  const settled = current.filter(isSettled);
  const fresh = current.filter((candidate) => !isSettled(candidate));
  const [newest] = current;
  return {
    inForce: [...settled, ...fresh, ...former],
    ready: newest !== undefined,
    due: !newest || isDue(newest.parsed, ca, now, renewBeforeDays),
  };
}

/** An RA certificate that ends with its CA is not renewed: the next one could not live longer. */
function isDue(ra: Certificate, ca: Certificate, now: Date, renewBeforeDays: number): boolean {
  const end = ra.notAfter.getTime();
  if (end >= ca.notAfter.getTime()) return false;
  const life = end - ra.notBefore.getTime();
  return end - now.getTime() < Math.min(renewBeforeDays * DAY_MS, life / 3);
}
