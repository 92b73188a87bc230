import { expect, it } from 'vitest';
import { once } from '../../../lib/base/once.js';

it('makes one for all who ask, also at the same moment', async () => {
  let made = 0;
  const get = once(() => Promise.resolve(++made));
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  expect(await get()).toBe(1);
});

it('tries again after a failure, which all who waited for it see', async () => {
  let tries = 0;
  const get = once(() => (++tries === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(tries)));
  const outcomes = await Promise.allSettled([get(), get()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await get()).toBe(2);
  expect(await get()).toBe(2);
});
