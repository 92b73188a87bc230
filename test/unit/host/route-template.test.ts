import { describe, expect, it } from 'vitest';
import { compileRoute } from '../../../dev/host/route-template.js';

const matched: [template: string, path: string, values: Record<string, string>][] = [
  ['health', '/health', {}],
  ['health', '/HEALTH/', {}],
  ['a.b/c+d', '/a.b/C+D', {}],
  ['scep/{endpoint}', '/SCEP/MyLab', { endpoint: 'MyLab' }],
  ['scep/{endpoint}/x', '/scep/a b/x/', { endpoint: 'a b' }],
  ['items/{id:int}', '/items/-2147483648', { id: '-2147483648' }],
  ['items/{id:long}', '/items/9223372036854775807', { id: '9223372036854775807' }],
  [
    'items/{id:guid}',
    '/items/0A5B2d4e-1111-2222-3333-444455556666',
    { id: '0A5B2d4e-1111-2222-3333-444455556666' },
  ],
  ['items/{on:bool}', '/items/True', { on: 'True' }],
  ['items/{word:alpha}', '/items/abc', { word: 'abc' }],
  ['items/{id:int?}', '/items', {}],
  ['people/{name?}', '/people', {}],
  ['people/{name?}', '/people/', {}],
  ['people/{name?}', '/people/Ada', { name: 'Ada' }],
  ['crl/{name}.crl', '/crl/Ca.1.CRL', { name: 'Ca.1' }],
  ['dll/{*rest}', '/dll', {}],
  ['dll/{*rest}', '/DLL/', {}],
  ['dll/{**rest}', '/dll/a/B/', { rest: 'a/B/' }],
  ['{*rest}', '/', {}],
  ['{*rest}', '/x/y', { rest: 'x/y' }],
];

const unmatched: [template: string, path: string][] = [
  ['health', '/healthy'],
  ['health', '/health//'],
  ['health', '/x/health'],
  ['a.b', '/axb'],
  ['scep/{endpoint}', '/scep'],
  ['scep/{endpoint}', '/scep/a/b'],
  ['items/{id:int}', '/items/2147483648'],
  ['items/{id:int}', '/items/1x'],
  ['items/{id:long}', '/items/9223372036854775808'],
  ['items/{id:guid}', '/items/1'],
  ['items/{on:bool}', '/items/yes'],
  ['items/{word:alpha}', '/items/a1'],
  ['people/{name?}', '/people/a/b'],
  ['dll/{*rest}', '/dlls'],
];

const refused = [
  '/leading',
  'a//b',
  'a/{x=1}',
  'a/{x:length(3)}',
  'a/{x:colour}',
  'a/{x}-{y}',
  'a/{x?}/b',
  'a/{*x}/b',
  'a/pre{x?}',
  'a/{x}/{X}',
  'a/{x',
];

describe('a route template', () => {
  it.each(matched)('%s matches %s', (template, path, values) => {
    expect(compileRoute(template)(path)).toEqual(values);
  });

  it.each(unmatched)('%s does not match %s', (template, path) => {
    expect(compileRoute(template)(path)).toBeUndefined();
  });

  it.each(refused)('%s is refused', (template) => {
    expect(() => compileRoute(template)).toThrow(expect.objectContaining({ code: 'ERR_HOST_ROUTE' }));
  });
});
