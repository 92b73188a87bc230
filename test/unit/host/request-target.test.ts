import { describe, expect, it } from 'vitest';
import { parseQuery, parseTarget } from '../../../dev/host/request-target.js';

describe('parseTarget', () => {
  it.each([
    ['/a/b?x=1&y', { raw: '/a/b?x=1&y', path: '/a/b', query: 'x=1&y' }],
    ['/', { raw: '/', path: '/', query: '' }],
    ['/caf%C3%A9/%41', { raw: '/caf%C3%A9/%41', path: '/café/A', query: '' }],
    ['/a%2Fb%2fc', { raw: '/a%2Fb%2fc', path: '/a%2Fb%2fc', query: '' }],
    ['/bad%zz%ff', { raw: '/bad%zz%ff', path: '/bad%zz%ff', query: '' }],
    ['/a/../b/%2e%2e/c', { raw: '/a/../b/%2e%2e/c', path: '/c', query: '' }],
    ['http://other.example/x?q', { raw: '/x?q', path: '/x', query: 'q' }],
    ['http://other.example', { raw: '/', path: '/', query: '' }],
  ])('reads %s', (sent, target) => {
    expect(parseTarget(sent)).toEqual(target);
  });

  it.each(['*', 'x/y', 'ftp://host/x', ''])('does not know "%s"', (sent) => {
    expect(parseTarget(sent)).toBeUndefined();
  });
});

describe('parseQuery', () => {
  it.each([
    ['', {}],
    ['x=1&x=2', { x: '1,2' }],
    ['X=1&x=2', { X: '1,2' }],
    ['m=a+b%2Bc%20d', { m: 'a b+c d' }],
    ['flag&empty=', { flag: '', empty: '' }],
    ['x=&x=2', { x: ',2' }],
  ])('reads "%s"', (query, expected) => {
    const read = Object.entries(parseQuery(query)).map(([name, { value }]) => [name, value]);
    expect(Object.fromEntries(read)).toEqual(expected);
  });

  it('takes __proto__ for a key like any other', () => {
    expect(Object.keys(parseQuery('__proto__=1'))).toEqual(['__proto__']);
  });
});
