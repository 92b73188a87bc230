import { describe, expect, it } from 'vitest';
import { createDirectoryStateStore, type DirectoryState } from '../../../lib/revocation/directory-state.js';
import { createTestClock, createTestPublications } from './fixtures.js';

const NOTHING = { known: new Map() };
const EMPTY: DirectoryState = {
  feeds: { managedDevices: NOTHING, devices: NOTHING, users: NOTHING },
  pending: [],
  spent: [],
};

function setUp() {
  const documents = createTestPublications(createTestClock());
  const text = async () => Buffer.from((await documents.get('directory.json'))?.document ?? []).toString();
  const put = (json: unknown) =>
    documents.put('directory.json', Buffer.from(JSON.stringify(json)), 'application/json');
  return { state: createDirectoryStateStore(documents), text, put };
}

describe('the state of the directory’s timer', () => {
  it('comes back as it was', async () => {
    const { state } = setUp();
    const whole: DirectoryState = {
      feeds: {
        managedDevices: { known: new Map([['a', ['a', 'b']]]), link: 'page 2', seen: new Set(['a']) },
        devices: { known: new Map([['c', []]]), link: 'changes' },
        users: { known: new Map([['__proto__', ['ü@example.com']]]), seen: new Set() },
      },
      pending: [{ feed: 'users', id: 'd', names: ['x'], noticedAt: new Date('2026-01-01T00:00:00Z') }],
      spent: [{ at: new Date('2026-01-01T00:00:00Z'), count: 3 }],
      heldAfter: '4A',
      readNext: 'devices',
    };
    await state.save(whole);
    expect(await state.load()).toEqual(whole);
    await state.save(EMPTY);
    expect(await state.load()).toEqual(EMPTY);
  });

  it('has a row for each object: a million members of one JSON object take three times as long to read', async () => {
    const { state, text } = setUp();
    const devices = { known: new Map([['a', ['b', 'c']]]) };
    await state.save({ ...EMPTY, feeds: { ...EMPTY.feeds, devices } });
    expect(await text()).toContain('"devices":{"known":[["a","b","c"]]}');
  });

  it.each([9_999, 10_000, 10_001, 20_000, 25_000])(
    'comes back whole with %i objects in a feed',
    async (count) => {
      const { state } = setUp();
      const rows = Array.from({ length: count }, (_, i) => [`id-${i}`, [`name-${i}`]] as const);
      await state.save({ ...EMPTY, feeds: { ...EMPTY.feeds, devices: { known: new Map(rows) } } });
      expect([...(await state.load()).feeds.devices.known]).toEqual(rows);
    },
  );

  it.each([
    ['an object in place of the rows', { a: ['b'] }],
    ['a row that is none', ['a']],
    ['a row of numbers', [[1]]],
  ])('counts as none with %s', async (_name, known) => {
    const { state, put } = setUp();
    const feeds = { managedDevices: { known: [] }, devices: { known }, users: { known: [] } };
    await put({ feeds, pending: [{ feed: 'users', id: 'd', names: [], noticedAt: new Date() }], spent: [] });
    expect(await state.load()).toEqual(EMPTY);
  });
});
