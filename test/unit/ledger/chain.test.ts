import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { appendEvent, assertHead, hashLine, walkChain } from '../../../lib/ledger/chain.js';
import { EMPTY_HEAD, type LedgerEvent, type LedgerHead } from '../../../lib/ledger/ledger.js';
import { codeOf, detailOf } from '../../support/error-code.js';
import { hex64, ISSUER_ID, issued } from './events.js';

const AT = new Date('2026-03-01T10:00:00.001Z');
const OTHERS: readonly LedgerEvent[] = [
  {
    kind: 'held',
    at: AT,
    issuerId: ISSUER_ID,
    serialNumber: '4A',
    reason: 'certificateHold',
    by: 'directory',
  },
  { kind: 'released', at: AT, issuerId: ISSUER_ID, serialNumber: '4A' },
  {
    kind: 'revoked',
    at: AT,
    issuerId: ISSUER_ID,
    serialNumber: '4A',
    reason: 'keyCompromise',
    by: 'person:"\n\\',
  },
  { kind: 'signed', at: AT, issuerId: ISSUER_ID, purpose: 'crl', signedHash: hex64(7) },
];

function chainOf(events: readonly LedgerEvent[]): { lines: string[]; heads: LedgerHead[] } {
  const lines: string[] = [];
  const heads = [EMPTY_HEAD];
  for (const event of events) {
    const made = appendEvent(heads.at(-1) ?? EMPTY_HEAD, event);
    lines.push(made.line);
    heads.push(made.head);
  }
  return { lines, heads };
}

const FIVE = chainOf([issued(1), ...OTHERS]);

const walk = (lines: readonly string[], start?: LedgerHead) => {
  const chain = walkChain(start);
  const entries = lines.map((line) => chain.next(line));
  return { head: chain.head, entries };
};
const failure = (lines: readonly string[], start?: LedgerHead) => detailOf(() => walk(lines, start));

describe('the chain', () => {
  it('gives back every kind of event, in order', () => {
    const { head, entries } = walk(FIVE.lines);
    expect(head).toEqual(FIVE.heads[5]);
    expect(entries.map(({ sequence, previous: _previous, ...event }) => [sequence, event])).toEqual(
      [issued(1), ...OTHERS].map((event, i) => [i + 1, event]),
    );
  });

  it('is one line an entry, whatever a name holds', () => {
    for (const line of FIVE.lines) expect(line).not.toMatch(/[\r\n]/);
  });

  it('can be followed with openssl alone', () => {
    const [first = '', second = ''] = FIVE.lines;
    const sum = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: first, encoding: 'utf8' })
      .slice(0, 64)
      .toUpperCase();
    expect(JSON.parse(second)).toMatchObject({ sequence: 2, previous: sum });
    expect(JSON.parse(first)).toMatchObject({ sequence: 1, previous: '0'.repeat(64) });
  });

  it('goes on from a head that is trusted', () => {
    expect(walk(FIVE.lines.slice(3), FIVE.heads[3]).head).toEqual(FIVE.heads[5]);
    expect(failure(FIVE.lines.slice(3), { count: 3, hash: hex64(9) })).toBe(
      'entry 4 does not follow the head that the check began with',
    );
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    [
      'changed',
      (lines) => lines.with(1, (lines[1] ?? '').replace('directory', 'person:1')),
      'entry 3 does not name the hash of entry 2: one of them was changed',
    ],
    [
      'changed by a space',
      (lines) => lines.with(1, `${lines[1] ?? ''} `),
      'entry 3 does not name the hash of entry 2: one of them was changed',
    ],
    ['removed', (lines) => lines.toSpliced(2, 1), 'entry 3 is missing: there is 4 in its place'],
    [
      'swapped',
      (lines) => [...lines.slice(0, 2), lines[3] ?? '', lines[2] ?? '', ...lines.slice(4)],
      'entry 3 is missing: there is 4 in its place',
    ],
    [
      'twice',
      (lines) => lines.toSpliced(2, 0, lines[1] ?? ''),
      'entry 3 is missing: there is 2 in its place',
    ],
    ['not JSON', (lines) => lines.with(2, 'x'), 'entry 3 cannot be read'],
    [
      'of an unknown kind',
      (lines) => lines.with(2, (lines[2] ?? '').replace('released', 'forgotten')),
      'entry 3 cannot be read',
    ],
    [
      'with a member too many',
      (lines) => lines.with(2, (lines[2] ?? '').replace('{', '{"x":1,')),
      'entry 3 cannot be read',
    ],
  ])('names the entry that was %s', (_what, change, detail) => {
    expect(failure(change([...FIVE.lines]))).toBe(detail);
  });

  it('is not the published one when its end is another', () => {
    const { head } = walk(FIVE.lines);
    expect(() => {
      assertHead(head, head);
    }).not.toThrow();
    expect(
      codeOf(() => {
        assertHead(head, { count: 6, hash: head.hash });
      }),
    ).toBe('ERR_LEDGER_BROKEN');
    // The last line can be changed without any other showing it: only the published head does.
    const forged = walk(FIVE.lines.with(4, (FIVE.lines[4] ?? '').replace(hex64(7), hex64(8)))).head;
    expect(
      codeOf(() => {
        assertHead(forged, head);
      }),
    ).toBe('ERR_LEDGER_BROKEN');
  });

  it('hashes the octets, not the characters', () => {
    // printf ä | sha256sum
    expect(hashLine('ä')).toBe('33E6D73FEE82904C8D7AFB78DE1154D1E8DC2A0EDB08120E63DF5B9385C2D9CC');
  });
});
