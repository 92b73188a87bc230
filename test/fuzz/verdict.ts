/** @module Verdicts of readers that throw. */
import type { ErrorCode } from '../../lib/base/error-codes.js';
import { SkepError } from '../../lib/base/errors.js';
import type { Verdict } from './target.js';

export const ACCEPTED: Verdict = { accepted: true, reason: '' };

export const refused = (reason: string): Verdict => ({ accepted: false, reason });

/**
 * The verdict of one of our readers.
 * @param codes the failures that it may have; any other one is a crash.
 */
export function judge(read: () => unknown, codes: readonly ErrorCode[]): Verdict {
  try {
    read();
    return ACCEPTED;
  } catch (thrown) {
    if (!(thrown instanceof SkepError) || !codes.includes(thrown.code)) throw thrown;
    return refused(`${thrown.code}: ${thrown.detail ?? ''}`);
  }
}

/** The verdict of somebody else's reader, which may throw what it likes. */
export function judgeOther(read: () => unknown): Verdict {
  try {
    read();
    return ACCEPTED;
  } catch (thrown) {
    return refused(thrown instanceof Error ? thrown.message : String(thrown));
  }
}
