import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JournalEntry, JournalQueryBy } from '../../../lib/journal/recorder.js';
import { createTableJournal } from '../../../lib/store/table-journal.js';
import { useAzurite } from '../../support/azurite.js';
import { startFaultyProxy } from '../../support/faulty-proxy.js';

const azurite = useAzurite();
const DAY_MS = 86_400_000;

/** Each test has a time of its own, since the journal is one. */
function setUp(nowText: string, retentionDays = 90, connection = azurite.connection()) {
  let now = new Date(nowText);
  const journal = createTableJournal({
    connection,
    clock: { now: () => now },
    random: randomBytes,
    retentionDays,
  });
  return {
    journal,
    at: (msAgo: number) => new Date(now.getTime() - msAgo),
    goTo: (time: Date) => {
      now = time;
    },
  };
}

let count = 0;
const entry = (at: Date, changes: Partial<JournalEntry> = {}): JournalEntry => ({
  at,
  endpoint: 'intune',
  transactionId: `transaction ${++count}`,
  messageType: 'PKCSReq',
  outcome: 'issued',
  steps: [
    { name: 'decode', ms: 1.25 },
    { name: 'sign', ms: 40 },
  ],
  ...changes,
});

describe('the journal on Azure Tables', () => {
  it('gives back what was written, found by each of its names', async () => {
    const { journal, at } = setUp('2026-03-01T10:20:30.456Z');
    const written = entry(at(1000), {
      code: 'ERR_LINT',
      detail: 'rule x',
      serialNumber: '4A0F',
      subject: 'CN=ada',
      deviceId: '6f0d7c1e-0000-4000-8000-000000000001',
      user: 'ada@example.org',
    });
    await journal.write(written);
    const { transactionId, deviceId = '' } = written;
    const criteria: JournalQueryBy[] = [
      { transactionId },
      { serialNumber: '4a0f' },
      { deviceId: deviceId.toUpperCase() },
      { from: at(1000), until: at(999) },
    ];
    for (const by of criteria)
      expect(await journal.search({ by }), JSON.stringify(by)).toEqual({ entries: [written] });
    expect(await journal.search({ by: { from: at(999), until: at(0) } })).toEqual({ entries: [] });
    expect(await journal.search({ by: { from: at(2000), until: at(1000) } })).toEqual({ entries: [] });
    expect(await journal.search({ by: { transactionId: transactionId.toUpperCase() } })).toEqual({
      entries: [],
    });
  });

  it.each([
    ['slashes and quotes', `../\\#?%'"`],
    ['separators and controls', 'a|b\n\u0000\u007f\u0085'],
    ['half a surrogate pair', '\ud800x'],
    ['what looks like an escape', '\\u0041'],
    ['letters of all the world', 'Zoë 東京 🐝'],
  ])('keeps a transaction id of %s', async (_name, transactionId) => {
    const { journal, at } = setUp('2026-03-02T10:00:00Z');
    const written = entry(at(5), { transactionId, subject: transactionId });
    await journal.write(written);
    expect((await journal.search({ by: { transactionId } })).entries).toEqual([written]);
  });

  it('cuts what is far too long, and still finds it', async () => {
    const { journal, at } = setUp('2026-03-03T10:00:00Z');
    const transactionId = 'x'.repeat(200_000);
    await journal.write(entry(at(5), { transactionId, subject: 'y'.repeat(50_000) }));
    const [found] = (await journal.search({ by: { transactionId } })).entries;
    expect(found?.transactionId).toHaveLength(1001);
    expect(found?.subject).toHaveLength(1001);
  });

  it('pages through many days, newest first', async () => {
    const { journal, at } = setUp('2025-06-01T12:00:00Z');
    const deviceId = 'device-of-many-days';
    const written = Array.from({ length: 25 }, (_, i) => entry(at(i * 3.4 * DAY_MS), { deviceId }));
    await Promise.all(written.map((one) => journal.write(one)));
    const found: JournalEntry[] = [];
    let continuation: string | undefined;
    let pages = 0;
    do {
      const page = await journal.search({
        by: { deviceId },
        limit: 4,
        ...(continuation === undefined ? {} : { continuation }),
      });
      found.push(...page.entries);
      continuation = page.continuation;
      pages++;
    } while (continuation !== undefined);
    expect(pages).toBe(7);
    expect(found).toEqual(written);
    const range = { from: at(30 * DAY_MS), until: at(10 * DAY_MS) };
    expect((await journal.search({ by: range })).entries).toEqual(
      written.filter((one) => one.at >= range.from && one.at < range.until),
    );
  });

  it('tells entries of the same moment apart', async () => {
    const { journal, at } = setUp('2025-01-01T12:00:00Z');
    const deviceId = 'device-in-a-hurry';
    await Promise.all(Array.from({ length: 5 }, () => journal.write(entry(at(0), { deviceId }))));
    const first = await journal.search({ by: { deviceId }, limit: 2 });
    const second = await journal.search({ by: { deviceId }, continuation: first.continuation ?? '' });
    expect([first.entries.length, second.entries.length]).toEqual([2, 3]);
  });

  it('refuses a continuation that is not of this search', async () => {
    const { journal, at } = setUp('2025-02-01T12:00:00Z');
    const deviceId = 'device-with-pages';
    await Promise.all([1, 2].map(() => journal.write(entry(at(0), { deviceId }))));
    const { continuation = '' } = await journal.search({ by: { deviceId }, limit: 1 });
    const encode = (text: string) => Buffer.from(text).toString('base64url');
    for (const [by, wrong] of [
      [{ deviceId: 'other' }, continuation],
      [{ deviceId }, encode("2025-02-01 d|' or '")],
      [{ deviceId }, encode('2025-02-01')],
      [{ deviceId }, ''],
    ] as const) {
      await expect(journal.search({ by, continuation: wrong })).rejects.toMatchObject({ code: 'ERR_SEARCH' });
    }
  });

  it('purges whole days, and only those that are too old', async () => {
    const { journal, at, goTo } = setUp('2024-06-30T12:00:00Z', 10);
    const deviceId = 'device-to-forget';
    const kept = entry(at(10 * DAY_MS), { deviceId });
    const old = entry(at(11 * DAY_MS), { deviceId });
    const many = Array.from({ length: 60 }, () => entry(at(300 * DAY_MS), { deviceId }));
    const start = at(0);
    for (const one of [kept, old, ...many]) await journal.write(one);
    // Three rows an entry: by time, by transaction, by device.
    expect(await journal.purge(() => false)).toBe(0);
    expect(await journal.purge()).toBe(61 * 3);
    expect(await journal.purge()).toBe(0);
    goTo(new Date(start.getTime() - DAY_MS));
    expect((await journal.search({ by: { deviceId } })).entries).toEqual([kept]);
  });

  it('purges on where somebody else has removed what it was about to remove', async () => {
    const direct = azurite.connection();
    if (direct.kind !== 'connectionString') throw new Error('Azurite is reached by a connection string');
    const [, port = ''] = /TableEndpoint=http:\/\/127\.0\.0\.1:(\d+)\//.exec(direct.value) ?? [];
    const proxy = await startFaultyProxy(Number(port), {
      identify: ({ body }) => (body.includes('DELETE ') ? 'deletion' : undefined),
    });
    const connection = { ...direct, value: direct.value.replace(`:${port}/`, `:${proxy.port}/`) };
    const { journal, at } = setUp('2022-03-01T00:00:00Z', 10, connection);
    const deviceId = 'device-of-two-purges';
    for (let i = 0; i < 50; i++) await journal.write(entry(at(12 * DAY_MS), { deviceId }));
    // Carried out once, and asked for again: the second time none of it is there.
    proxy.aim('deletion', 'loseFirstReply');
    await journal.purge();
    expect(proxy.struck).toBeGreaterThan(0);
    expect(await journal.purge()).toBe(0);
    await proxy.close();
  });
});
