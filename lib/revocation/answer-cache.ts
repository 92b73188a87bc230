/** @module OCSP answers that were given already, kept in memory for a short time: the least recently used goes first. */
import { toHex } from '../base/bytes.js';
import type { CertId } from '../pki/ocsp-request.js';

export interface AnswerCache<Answer> {
  get(id: CertId, now: Date): Answer | undefined;
  /**
   * @param since what `changes` said before the answer was looked up: an answer that something overtook is not kept.
   */
  put(id: CertId, answer: Answer, until: Date, since: number): void;
  /** How often something was invalidated. */
  changes(): number;
  /** @param serialNumber upper-case hex. */
  invalidate(serialNumber: string): void;
}

export function createAnswerCache<Answer>(maxEntries: number): AnswerCache<Answer> {
  const kept = new Map<string, { readonly answer: Answer; readonly until: number }>();
  let changes = 0;
  // A certificate can be asked about by several hashes of its issuer; the serial number in front finds them all.
  const keyOf = (id: CertId): string => `${id.serialNumber}/${toHex(id.der)}`;

  return {
    get(id, now) {
      const key = keyOf(id);
      const found = kept.get(key);
      if (!found) return undefined;
      kept.delete(key);
      if (found.until <= now.getTime()) return undefined;
      kept.set(key, found);
      return found.answer;
    },
    put(id, answer, until, since) {
      if (since !== changes) return;
      kept.set(keyOf(id), { answer, until: until.getTime() });
      const [oldest] = kept.keys();
      if (kept.size > maxEntries && oldest !== undefined) kept.delete(oldest);
    },
    changes: () => changes,
    invalidate(serialNumber) {
      changes++;
      for (const key of kept.keys()) if (key.startsWith(`${serialNumber}/`)) kept.delete(key);
    },
  };
}
