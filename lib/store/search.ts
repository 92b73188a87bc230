/** @module Search: lookup rows in the order of their keys, then the certificates that they lead to. */
import { SkepError } from '../base/errors.js';
import { type KeyRange, matchesSearch, searchRange } from './keys.js';
import type { RangeReader } from './ranges.js';
import { lastPart } from './rows.js';
import type { CertificateReader, CertificateRecord, SearchPage, SearchQuery } from './store.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;
/** Point reads that are under way at once. */
const READ_AHEAD = 32;

/**
 * Partitions are merged by row key, and a key is found in one partition only. So the last key of a page says where each
 * of the sixteen goes on, and is the whole continuation.
 */
export function createSearch(ranges: RangeReader, reader: CertificateReader) {
  return async function search({
    by,
    limit = DEFAULT_LIMIT,
    continuation,
  }: SearchQuery): Promise<SearchPage> {
    const wanted = Math.min(Math.max(limit, 1), MAX_LIMIT);
    const range = resume(searchRange(by), continuation);
    const found: { readonly key: string; readonly record: CertificateRecord }[] = [];

    // One more than wanted tells whether there is another page.
    for await (const keys of batches(ranges.inOrder(range, pageSize(wanted)), READ_AHEAD)) {
      const records = await Promise.all(keys.map((key) => reader.get(lastPart(key))));
      keys.forEach((key, i) => {
        const record = records[i];
        if (record && matchesSearch(record, by)) found.push({ key, record });
      });
      if (found.length > wanted) break;
    }

    const page = found.slice(0, wanted);
    const last = found.length > wanted ? page.at(-1) : undefined;
    return { records: page.map(({ record }) => record), ...(last && { continuation: encode(last.key) }) };
  };
}

/** Serial numbers are random, so every partition is likely to give a sixteenth; a little more saves a second page. */
const pageSize = (wanted: number): number => Math.ceil((wanted + 1) / 8) + 4;

function resume(range: KeyRange, continuation: string | undefined): KeyRange {
  if (continuation === undefined) return range;
  const last = Buffer.from(continuation, 'base64url').toString('latin1');
  if (!(last >= range.from && last < range.until) || /[^!-~]|'/.test(last)) {
    throw new SkepError('ERR_SEARCH', { detail: 'continuation' });
  }
  // '!' is the first character that a key may have: nothing lies between a key and that key with '!' behind it.
  return { from: `${last}!`, until: range.until };
}

const encode = (key: string): string => Buffer.from(key, 'latin1').toString('base64url');

async function* batches(
  rows: AsyncIterable<{ readonly key: string }>,
  size: number,
): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const { key } of rows) {
    batch.push(key);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
