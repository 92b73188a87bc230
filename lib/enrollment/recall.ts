/** @module Step 2: what to do with a request whose key has been seen before. A pure decision, told as a table. */
import { SkepError } from '../base/errors.js';
import type { CertificateRecord, Claim } from '../store/store.js';

export interface ReplayPolicy {
  /** How long the same request gets the same certificate; after it, it is a new request. Default: always. */
  readonly windowMs?: number;
  /** What another key under a challenge that was used gets: a refusal, or a certificate that supersedes the first. */
  readonly otherKey: 'refuse' | 'supersede';
}

export interface Fresh {
  readonly next: 'issue';
  /** The claim to take over. */
  readonly replaces?: Claim;
  /** An attempt that came to nothing: its row is put away first. */
  readonly dead?: CertificateRecord;
  /** A delivered certificate that the new one takes the place of. */
  readonly supersedes?: CertificateRecord;
}

export type Recollection =
  /** Nothing that counts came before. */
  | Fresh
  /** Written down and perhaps signed, never recorded: sign the same bytes again. */
  | { readonly next: 'sign'; readonly record: CertificateRecord }
  /** Recorded, but its owner has not accepted it: tell them again. */
  | { readonly next: 'notify'; readonly record: CertificateRecord }
  /** Answered before: answer again. */
  | { readonly next: 'answer'; readonly record: CertificateRecord };

/**
 * As long as one attempt may be at work on a reserved row before another may finish it. A device that comes back after a
 * minute, as Windows does, finds the row free.
 */
export const ATTEMPT_LEASE_MS = 45_000;

export const leaseEnd = (begin: Date): Date => new Date(begin.getTime() + ATTEMPT_LEASE_MS);

/**
 * @throws {SkepError} `ERR_BUSY` while another attempt is at work, `ERR_CHALLENGE_REUSED` for a challenge that was
 *   spent on something else.
 */
export function recollect(
  claim: Claim | undefined,
  record: CertificateRecord | undefined,
  request: { readonly csrHash: string; readonly issuerId: string },
  policy: ReplayPolicy,
  now: Date,
): Recollection {
  if (!claim) return { next: 'issue' };
  if (!record || isOver(claim, policy, now)) return { next: 'issue', replaces: claim };
  const same = claim.csrHash === request.csrHash;
  switch (record.state) {
    case 'reserved':
      assertFree(record, now);
      // What was written down names the CA that was to sign it; after a rollover that is another one.
      return same && record.issuerId === request.issuerId
        ? { next: 'sign', record }
        : { next: 'issue', replaces: claim, dead: record };
    case 'issued':
      // Nobody received it: a device that lost its key meanwhile may ask again with another.
      return same ? { next: 'notify', record } : { next: 'issue', replaces: claim, dead: record };
    case 'delivered':
      if (same) return { next: 'answer', record };
      if (policy.otherKey === 'supersede') return { next: 'issue', replaces: claim, supersedes: record };
      throw new SkepError('ERR_CHALLENGE_REUSED', { detail: `first certificate ${record.serialNumber}` });
    case 'abandoned':
      return { next: 'issue', replaces: claim };
    case 'revoked':
    case 'expired':
      if (isUndone(record) || isHalfSuperseded(record, policy)) {
        return { next: 'issue', replaces: claim };
      }
      throw new SkepError('ERR_CHALLENGE_REUSED', { detail: `first certificate ${record.serialNumber}` });
  }
}

function assertFree({ leasedUntil }: CertificateRecord, now: Date): void {
  const leftMs = leasedUntil ? leasedUntil.getTime() - now.getTime() : 0;
  if (leftMs <= 0) return;
  const retryAfterSeconds = Math.ceil(leftMs / 1000);
  throw new SkepError('ERR_BUSY', { detail: 'another attempt is at work', retryAfterSeconds });
}

/** The path, or the sweeper after it, took back what nobody received: of one whom anybody else revoked no other follows. */
function isUndone({ revocation }: CertificateRecord): boolean {
  return revocation?.from === 'issued' && (revocation.by === 'enrollment' || revocation.by === 'sweeper');
}

/** Put away for another, whose row was never written: else the claim would lead to that one. */
function isHalfSuperseded({ revocation }: CertificateRecord, policy: ReplayPolicy): boolean {
  return (
    policy.otherKey === 'supersede' && revocation?.reason === 'superseded' && revocation.by === 'enrollment'
  );
}

function isOver(claim: Claim, policy: ReplayPolicy, now: Date): boolean {
  return policy.windowMs !== undefined && now.getTime() - claim.claimedAt.getTime() > policy.windowMs;
}
