import { expect, it } from 'vitest';
import { startTimeBox } from '../../../lib/base/time-box.js';
import { createTestClock } from '../revocation/fixtures.js';

it('lets work go on until the time is up, and says whether it had to stop', () => {
  const clock = createTestClock();
  const time = startTimeBox(clock, 1000);
  clock.advance(999);
  expect(time.mayGoOn()).toBe(true);
  expect(time.verdict()).toEqual({});
  clock.advance(1);
  // Nobody asked: the work had come to its end.
  expect(time.verdict()).toEqual({});
  expect(time.mayGoOn()).toBe(false);
  expect(time.verdict()).toEqual({ outOfTime: true });
});
