import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { endedRange, isStoreId, lookupKeys, searchRange, startingWith } from '../../../lib/store/keys.js';
import { makeReservation } from '../../contract/store/records.js';

const inRange = (key: string, { from, until }: { from: string; until: string }) => key >= from && key < until;

describe('lookup keys', () => {
  it('are legal, distinct and findable, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ maxLength: 1_000 }), (a, b) => {
        const record = {
          ...makeReservation({ subject: a, transactionId: b, user: b, deviceId: a }),
          state: 'issued' as const,
          thumbprint: 'AB',
        };
        const keys = lookupKeys(record);
        expect(new Set(keys).size).toBe(7);
        for (const key of keys) {
          expect(key).toMatch(/^[a-zA-Z0-9|=,.@:_-]+$/);
          expect(key.length).toBeLessThan(512);
        }
        for (const by of [
          { subject: a },
          { transactionId: b },
          { user: b },
          { deviceId: a },
          { thumbprint: 'AB' },
        ]) {
          expect(keys.filter((key) => inRange(key, searchRange(by)))).toHaveLength(1);
        }
      }),
    );
  });

  it('find a subject by any beginning', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.nat(300), (subject, length) => {
        const keys = lookupKeys({ ...makeReservation({ subject }), state: 'issued' });
        const start = Array.from(subject.normalize('NFC').trim()).slice(0, length).join('').trim();
        fc.pre(subject.normalize('NFC').toLowerCase().trim().startsWith(start.toLowerCase()));
        expect(keys.some((key) => inRange(key, searchRange({ subject: start })))).toBe(true);
      }),
    );
  });

  it('let a purge walk only what has ended', () => {
    const [ended = ''] = lookupKeys({
      ...makeReservation({ notAfter: new Date('2026-03-01T09:59:59Z') }),
      state: 'issued',
    }).slice(-1);
    expect(inRange(ended, endedRange('issued', new Date('2026-03-01T10:00:00Z')))).toBe(true);
    expect(inRange(ended, endedRange('issued', new Date('2026-03-01T08:59:59Z')))).toBe(false);
    expect(inRange(ended, endedRange('revoked', new Date('2026-03-01T10:00:00Z')))).toBe(false);
  });
});

describe('startingWith', () => {
  it('ends right behind the last key with the prefix', () => {
    expect(startingWith('r|')).toEqual({ from: 'r|', until: 'r}' });
  });
});

describe('isStoreId', () => {
  it.each(['0A', 'AB'.repeat(32)])('takes %s', (id) => {
    expect(isStoreId(id)).toBe(true);
  });
  it.each(['', 'A', 'ab', "A'", '0A/', 'A'.repeat(65), '0A\n'])('refuses %j', (id) => {
    expect(isStoreId(id)).toBe(false);
  });
});
