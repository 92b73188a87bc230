import { describe, expect, it } from 'vitest';
import { createRouter, type Routed } from '../../../dev/host/router.js';

const get = (name: string, route: string, methods = ['GET']): Routed => ({ name, route, methods });

describe('createRouter', () => {
  it('tries routes in the order given, without preferring a literal', () => {
    const router = createRouter([get('a', 'x/{any}'), get('b', 'x/literal')], '');
    expect(router('GET', '/x/literal')?.target.name).toBe('a');
  });

  it('makes the method a part of the match', () => {
    const router = createRouter([get('read', 'x'), get('write', 'X', ['POST']), get('any', 'y', [])], '');
    expect(router('GET', '/x')?.target.name).toBe('read');
    expect(router('POST', '/x')?.target.name).toBe('write');
    expect(router('PUT', '/x')).toBeUndefined();
    expect(router('HEAD', '/x')).toBeUndefined();
    expect(router('PATCH', '/y')?.target.name).toBe('any');
  });

  it.each(['api', '/api/'])('puts the prefix "%s" before every route', (prefix) => {
    const router = createRouter([get('a', 'x/{id}')], prefix);
    expect(router('GET', '/API/x/7')?.params).toEqual({ id: '7' });
    expect(router('GET', '/x/7')).toBeUndefined();
  });

  it.each(['admin', 'Admin/users', 'administrators', 'admin-api', 'runtime', 'RuntimeInfo'])(
    'refuses the route %s, prefix or not',
    (route) => {
      for (const prefix of ['', 'api']) {
        expect(() => createRouter([get('a', route)], prefix)).toThrow(
          expect.objectContaining({ code: 'ERR_HOST_ROUTE' }),
        );
      }
    },
  );

  it.each([
    [get('a', 'x', ['GET', 'POST']), get('b', 'X', ['POST'])],
    [get('a', 'x', []), get('b', 'x', ['PUT'])],
  ])('refuses two functions that share a route and a method', (one, other) => {
    expect(() => createRouter([one, other], '')).toThrow(expect.objectContaining({ code: 'ERR_HOST_ROUTE' }));
  });
});
