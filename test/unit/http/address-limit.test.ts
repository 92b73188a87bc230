import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../lib/base/log.js';
import { createAddressLimit, readClientAddress } from '../../../lib/http/address-limit.js';
import { codeOf } from '../../support/error-code.js';

const from = (forwarded?: string) => ({
  headers: new Headers(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
});

function create(options: { perMinute?: number; maxAddresses?: number } = {}) {
  let ms = Date.parse('2026-03-01T12:00:00Z');
  const lines: string[] = [];
  const limit = createAddressLimit({
    what: 'messages',
    perMinute: 6,
    trustedHops: 1,
    clock: { now: () => new Date(ms) },
    logger: createLogger((_level, line) => lines.push(line)),
    ...options,
  });
  return { limit, lines, pass: (seconds: number) => (ms += seconds * 1000) };
}

const taken = ({ limit }: ReturnType<typeof create>, address: string, tries: number): number => {
  let count = 0;
  for (let i = 0; i < tries; i++)
    if (
      codeOf(() => {
        limit.take(from(address));
      }) === undefined
    )
      count++;
  return count;
};

describe('the limit of an address', () => {
  it('lets a minute’s worth in at once, and no more', () => {
    const made = create();
    expect(taken(made, '203.0.113.5', 20)).toBe(6);
    expect(
      codeOf(() => {
        made.limit.take(from('203.0.113.5'));
      }),
    ).toBe('ERR_RATE_LIMITED');
  });

  it('fills up again, one after another, to a minute’s worth and no more', () => {
    const made = create();
    taken(made, '203.0.113.5', 6);
    made.pass(9.9);
    expect(taken(made, '203.0.113.5', 3)).toBe(0);
    made.pass(0.1);
    expect(taken(made, '203.0.113.5', 3)).toBe(1);
    made.pass(86_400);
    expect(taken(made, '203.0.113.5', 20)).toBe(6);
  });

  it('says when to come back', () => {
    const made = create();
    taken(made, '203.0.113.5', 6);
    made.pass(3);
    expect(() => {
      made.limit.take(from('203.0.113.5'));
    }).toThrow(expect.objectContaining({ retryAfterSeconds: 7 }));
  });

  it('what is refused does not count: a client that goes on asking gets its turn', () => {
    const made = create();
    taken(made, '203.0.113.5', 1000);
    made.pass(10);
    expect(taken(made, '203.0.113.5', 1)).toBe(1);
  });

  it('is of each address by itself', () => {
    const made = create();
    taken(made, '203.0.113.5', 20);
    expect(taken(made, '203.0.113.6', 20)).toBe(6);
  });

  it('refuses nobody where no proxy tells the address, and nobody at 0', () => {
    const made = create();
    for (let i = 0; i < 50; i++) made.limit.take(from());
    expect(taken(create({ perMinute: 0 }), '203.0.113.5', 50)).toBe(50);
  });

  it('counts what only failed afterwards', () => {
    const { limit } = create();
    for (let i = 0; i < 6; i++) {
      limit.assertRoom(from('203.0.113.5'));
      limit.count(from('203.0.113.5'));
    }
    expect(
      codeOf(() => {
        limit.assertRoom(from('203.0.113.5'));
      }),
    ).toBe('ERR_RATE_LIMITED');
  });

  it('remembers a bounded number of addresses, those that asked last', () => {
    const made = create({ maxAddresses: 100 });
    taken(made, '203.0.113.5', 6);
    for (let i = 0; i < 99; i++) made.limit.take(from(`198.51.100.${i}`));
    expect(taken(made, '203.0.113.5', 1)).toBe(0);
    made.limit.take(from('198.51.100.200'));
    expect(taken(made, '203.0.113.5', 1)).toBe(1);
  });

  it('logs once when it begins, and again when it begins anew', () => {
    const made = create();
    taken(made, '203.0.113.5', 500);
    expect(made.lines).toEqual([
      'An address asks too often code=ERR_RATE_LIMITED address=203.0.113.5 what=messages perMinute=6',
    ]);
    made.pass(60);
    taken(made, '203.0.113.5', 500);
    expect(made.lines).toHaveLength(2);
  });
});

describe('the client’s address', () => {
  it.each<[string | undefined, number, string | undefined]>([
    [undefined, 1, undefined],
    ['', 1, undefined],
    ['203.0.113.5', 1, '203.0.113.5'],
    ['203.0.113.5:50123', 1, '203.0.113.5'],
    // What the client itself wrote stands to the left.
    ['198.51.100.1, 203.0.113.5:50123', 1, '203.0.113.5'],
    ['198.51.100.1,198.51.100.2,203.0.113.5', 2, '198.51.100.2'],
    // It came past the first proxy.
    ['203.0.113.5', 2, '203.0.113.5'],
    ['[2001:db8:1:2:3:4:5:6]:443', 1, '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', 1, '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:0000::9', 1, '2001:db8:1:2::/64'],
    ['::1', 1, '0:0:0:0::/64'],
    ['::ffff:203.0.113.5', 1, '::ffff:cb00:7105'],
    ['fe80::1%eth0', 1, undefined],
    ['unknown', 1, undefined],
    ['203.0.113.5, _hidden', 1, undefined],
    ['999.1.1.1', 1, undefined],
    [`203.0.113.5, ${'1'.repeat(5000)}`, 1, undefined],
  ])('%s behind %i is %s', (forwarded, hops, address) => {
    expect(readClientAddress(from(forwarded), hops)).toBe(address);
  });
});
