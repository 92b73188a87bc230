import { describe, expect, it } from 'vitest';
import { listDifferences } from '../../../../cli/profiles/compare.js';

const differing = (wanted: Record<string, unknown>, present: Record<string, unknown>) =>
  listDifferences(wanted, present).map(({ member }) => member);

describe('what counts as different', () => {
  it.each([
    ['the same', { a: 1, b: 'x' }, { a: 1, b: 'x' }],
    ['members that nobody asked for', { a: 1 }, { a: 1, version: 3, subjectAlternativeNameType: null }],
    ['a flag that is off, and one that was never set', { a: false }, { a: null }],
    ['and one that is not there at all', { a: false }, {}],
    ['usages in another order', { keyUsage: 'a,b' }, { keyUsage: 'b,a' }],
    ['objects with more members', { a: [{ x: 1 }] }, { a: [{ '@odata.type': 't', x: 1 }] }],
  ])('not: %s', (_name, wanted, present) => {
    expect(differing(wanted, present)).toEqual([]);
  });

  it.each([
    ['another value', { a: 1 }, { a: 2 }],
    ['a value that is missing', { a: 1 }, {}],
    ['a flag that is on', { a: false }, { a: true }],
    ['fewer usages', { keyUsage: 'a,b' }, { keyUsage: 'a' }],
    ['a usage as a list where there is none', { keyUsage: 'a' }, { keyUsage: null }],
    ['one item more', { a: ['x'] }, { a: ['x', 'y'] }],
    ['items in another order', { a: ['x', 'y'] }, { a: ['y', 'x'] }],
    ['no list', { a: ['x'] }, { a: 'x' }],
    ['another item', { a: [{ x: 1 }] }, { a: [{ x: 2 }] }],
    ['no object', { a: [{ x: 1 }] }, { a: [null] }],
  ])('so: %s', (_name, wanted, present) => {
    expect(differing(wanted, present)).toEqual(Object.keys(wanted));
  });

  it('names both values', () => {
    expect(listDifferences({ a: 1, b: 2 }, { a: 1, b: 3 })).toEqual([{ member: 'b', wanted: 2, present: 3 }]);
  });
});
