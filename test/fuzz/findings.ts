/** @module What a fuzzer found, each kind once. */
import { createHash } from 'node:crypto';

export type FindingKind = 'crash' | 'broken' | 'slow' | 'memory' | 'difference';

export interface Finding {
  readonly target: string;
  readonly kind: FindingKind;
  readonly detail: string;
  readonly input: Uint8Array;
  /** SHA-256 of the input, the first half: what its file is called. */
  readonly id: string;
}

/** How many of one kind of detail are kept. */
const KEPT = 50;

export interface Findings {
  readonly list: readonly Finding[];
  add(kind: FindingKind, detail: string, input: Uint8Array): void;
}

/** The same detail but for its numbers counts once. */
export function createFindings(target: string): Findings {
  const list: Finding[] = [];
  const seen = new Set<string>();
  return {
    list,
    add(kind, detail, input) {
      const key = `${kind} ${detail.replace(/\d+/g, '#')}`;
      if (seen.has(key) || list.length === KEPT) return;
      seen.add(key);
      const id = createHash('sha256').update(input).digest('hex').slice(0, 32);
      list.push({ target, kind, detail, input, id });
    },
  };
}
