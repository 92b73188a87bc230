import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createAppender, type AppenderParts } from '../../../lib/ledger/appender.js';
import { assertHead, walkChain } from '../../../lib/ledger/chain.js';
import { createTestClock } from '../revocation/fixtures.js';
import { issued } from './events.js';
import { createMemoryLedger, type MemoryLedger } from './memory-ledger.js';

const outage = () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE'));

function setUp() {
  const { events: queue } = createMemoryStore();
  const ledger = createMemoryLedger();
  const clock = createTestClock();
  const start = (changes: Partial<AppenderParts> = {}) =>
    createAppender({ queue, ledger, clock, budgetMs: 45_000, ...changes });
  return { queue, ledger, clock, start };
}

/** Serial numbers in the order of the chain, which must be whole and end in its head. */
async function serialsOf(ledger: MemoryLedger): Promise<number[]> {
  const chain = walkChain();
  const entries = ledger.lines.map((line) => chain.next(line));
  assertHead(chain.head, await ledger.head());
  return entries.map((entry) => (entry.kind === 'issued' ? parseInt(entry.serialNumber, 16) : -1));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('the appender', () => {
  it('appends what waits, oldest first, and nothing twice', async () => {
    const { queue, ledger, start } = setUp();
    const run = start();
    for (const n of [3, 1, 2]) await queue.note(issued(n));
    expect(await run()).toMatchObject({ appended: 3, count: '3', head: (await ledger.head()).hash });
    expect(await run()).toEqual({ appended: 0 });
    await queue.note(issued(4));
    await run();
    expect(await serialsOf(ledger)).toEqual([1, 2, 3, 4]);
    expect(await queue.pending(10)).toEqual([]);
  });

  it('appends more than fits into one transaction, and stops when its time is over', async () => {
    const { queue, ledger, clock, start } = setUp();
    for (const n of upTo(250)) await queue.note(issued(n));
    const slow: AppenderParts['ledger'] = {
      head: () => ledger.head(),
      append: (...given) => {
        clock.advance(30_000);
        return ledger.append(...given);
      },
    };
    expect(await start({ ledger: slow })()).toMatchObject({ appended: 198, outOfTime: true });
    const rest = await start()();
    expect([rest['appended'], rest['outOfTime']]).toEqual([52, undefined]);
    expect(await serialsOf(ledger)).toEqual(upTo(250));
  });

  it.each<[string, { readonly append?: 'fails' | 'then fails'; readonly settle?: () => Promise<void> }]>([
    ['before it has appended', { append: 'fails' }],
    ['after it has appended, its answer lost', { append: 'then fails' }],
    ['before what it appended is gone from the queue', { settle: outage }],
  ])('is killed %s: the next run goes on, and tells nothing twice', async (_when, { append, ...faulty }) => {
    const { queue, ledger, start } = setUp();
    for (const n of upTo(3)) await queue.note(issued(n));
    const broken = start({
      queue: { ...queue, ...faulty },
      ledger: {
        head: () => ledger.head(),
        append: async (...given) => {
          if (append === 'fails') return outage();
          const after = await ledger.append(...given);
          return append === 'then fails' ? outage() : after;
        },
      },
    });
    await expect(broken()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await queue.note(issued(4));
    await start()();
    expect(await serialsOf(ledger)).toEqual([1, 2, 3, 4]);
    expect(await queue.pending(10)).toEqual([]);
  });

  it('yields to another instance that was faster', async () => {
    const { queue, ledger, start } = setUp();
    for (const n of upTo(3)) await queue.note(issued(n));
    const other = start();
    const overtaken = start({
      ledger: {
        head: () => ledger.head(),
        append: async (...given) => {
          await other();
          return ledger.append(...given);
        },
      },
    });
    expect(await overtaken()).toEqual({ appended: 0, overtaken: true });
    expect(await serialsOf(ledger)).toEqual([1, 2, 3]);
  });

  it('does not append from a list that it read before another instance settled it', async () => {
    const { queue, ledger, start } = setUp();
    for (const n of upTo(3)) await queue.note(issued(n));
    const other = start();
    // The other one runs between the reading of the head and of the queue: the head is the old one then.
    const late = start({
      queue: {
        ...queue,
        pending: async (limit) => {
          const seen = await queue.pending(limit);
          await other();
          return seen;
        },
      },
    });
    expect(await late()).toEqual({ appended: 0, overtaken: true });
    expect(await serialsOf(ledger)).toEqual([1, 2, 3]);
  });
});
