/** @module A ledger in memory that behaves as the table does, and can be made to fail before or after it has written. */
import { SkepError } from '../../../lib/base/errors.js';
import { EMPTY_HEAD, type Ledger, type StoredHead } from '../../../lib/ledger/ledger.js';

export interface MemoryLedger extends Ledger {
  readonly lines: readonly string[];
}

export function createMemoryLedger(): MemoryLedger {
  const lines: string[] = [];
  let stored: StoredHead = { ...EMPTY_HEAD, settled: [] };
  let versions = 0;
  return {
    lines,
    head: () => Promise.resolve(stored),
    read: (from, limit) => Promise.resolve(lines.slice(from - 1, from - 1 + limit)),
    append(before, more, after) {
      if (before.version !== stored.version) return Promise.reject(new SkepError('ERR_STORE_CONFLICT'));
      lines.push(...more);
      stored = { ...after, version: `v${++versions}` };
      return Promise.resolve(stored);
    },
  };
}
