import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../lib/base/clock.js';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import { summarizeFailures } from '../../../lib/journal/failures.js';
import type { JournalEntry, JournalQuery, JournalReader } from '../../../lib/journal/recorder.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const clock = { now: () => NOW };

const entry = (minutesAgo: number, code?: ErrorCode): JournalEntry => ({
  at: new Date(NOW.getTime() - minutesAgo * 60_000),
  endpoint: 'intune',
  transactionId: 't',
  messageType: 'PKCSReq',
  outcome: code ? 'refused' : 'issued',
  ...(code ? { code } : {}),
  steps: [],
});

/** Hands out pages of `size`, newest first, and keeps what it was asked. */
function createJournal(entries: readonly JournalEntry[], size = 500) {
  const queries: JournalQuery[] = [];
  const journal: JournalReader = {
    search(query) {
      queries.push(query);
      const start = Number(query.continuation ?? 0);
      const end = start + size;
      return Promise.resolve({
        entries: entries.slice(start, end),
        ...(end < entries.length ? { continuation: String(end) } : {}),
      });
    },
  };
  return { journal, queries };
}

describe('recent failures', () => {
  it('are counted by their cause, the most frequent first, each with its last time', async () => {
    const { journal } = createJournal([
      entry(1, 'ERR_SAN'),
      entry(2),
      entry(3, 'ERR_INTUNE_EXPIRED'),
      entry(4, 'ERR_INTUNE_EXPIRED'),
      entry(5),
    ]);
    expect(await summarizeFailures(journal, clock)).toEqual({
      since: new Date(NOW.getTime() - 24 * HOUR_MS),
      causes: [
        { code: 'ERR_INTUNE_EXPIRED', count: 2, lastAt: entry(3).at },
        { code: 'ERR_SAN', count: 1, lastAt: entry(1).at },
      ],
      succeeded: 2,
      complete: true,
    });
  });

  it('are of the last 24 hours', async () => {
    const { journal, queries } = createJournal([]);
    await summarizeFailures(journal, clock);
    expect(queries.map(({ by }) => by)).toEqual([{ from: new Date('2026-03-01T12:00:00Z'), until: NOW }]);
  });

  it('go on over pages, and stop before a storm is read whole', async () => {
    const calm = createJournal(Array.from({ length: 700 }, (_, i) => entry(i, 'ERR_SAN')));
    expect(await summarizeFailures(calm.journal, clock)).toMatchObject({
      causes: [{ count: 700 }],
      complete: true,
    });
    const storm = createJournal(Array.from({ length: 5000 }, () => entry(1, 'ERR_SAN')));
    expect(await summarizeFailures(storm.journal, clock)).toMatchObject({
      causes: [{ count: 2000 }],
      complete: false,
    });
    expect(storm.queries).toHaveLength(4);
  });
});
