import { describe, expect, it } from 'vitest';

import { SkepError } from '../../../lib/base/errors.js';
import { toStoreError, toUnavailable, toWriteError } from '../../../lib/store/store-failure.js';

describe('toWriteError', () => {
  it.each([
    [404, 'ERR_STORE_CONFLICT'],
    [409, 'ERR_STORE_CONFLICT'],
    [412, 'ERR_STORE_CONFLICT'],
    [400, 'ERR_INTERNAL'],
    [413, 'ERR_INTERNAL'],
    [401, 'ERR_STORE_UNAVAILABLE'],
    [403, 'ERR_STORE_UNAVAILABLE'],
    [408, 'ERR_STORE_UNAVAILABLE'],
    [429, 'ERR_STORE_UNAVAILABLE'],
    [500, 'ERR_STORE_UNAVAILABLE'],
    [503, 'ERR_STORE_UNAVAILABLE'],
  ])('%i is %s', (status, code) => {
    expect(toWriteError({ status, code: 'SomeCode' }, 'read c|0A')).toMatchObject({
      code,
      detail: `read c|0A: ${status} SomeCode`,
    });
  });
});

describe('toStoreError', () => {
  it.each([404, 409, 412])('does not take %i for a conflict where nothing was written', (status) => {
    expect(toStoreError({ status, code: undefined }, 'list r|').code).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('says when to come back', () => {
    expect(toStoreError({ status: 503, code: undefined, retryAfter: '33' }, 'x').retryAfterSeconds).toBe(33);
    expect(toStoreError({ status: 503, code: undefined, retryAfter: 'soon' }, 'x').retryAfterSeconds).toBe(
      10,
    );
    expect(toStoreError({ status: 503, code: undefined }, 'x').retryAfterSeconds).toBe(10);
  });
});

describe('toUnavailable', () => {
  it('keeps the cause, and does not repeat its message', () => {
    const cause = new TypeError('secret');
    const error = toUnavailable(cause, 'read k|0A');
    expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', cause, retryAfterSeconds: 10 });
    expect(error.message).not.toContain('secret');
  });

  it('leaves our own errors as they are', () => {
    const own = new SkepError('ERR_STORE_CONFLICT');
    expect(toUnavailable(own, 'x')).toBe(own);
  });
});
