/** A crowd begins a few at a time, so that the event loop gets round. */
import { expect, it } from 'vitest';
import { createTurns } from '../../../dev/host/turns.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('lets as many begin at once as it is told, and the rest in later turns, in their order', async () => {
  const turns = createTurns(3);
  const begun: number[] = [];
  for (let i = 0; i < 8; i++) {
    const wait = turns();
    if (wait) void wait.then(() => begun.push(i));
    else begun.push(i);
  }
  expect(begun).toEqual([0, 1, 2]);
  await nextTurn();
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  await nextTurn();
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it('counts what begins in the turn of those who waited', async () => {
  const turns = createTurns(1);
  expect(turns()).toBeUndefined();
  const second = turns();
  expect(second).toBeInstanceOf(Promise);
  await second;
  expect(turns()).toBeInstanceOf(Promise);
});

it('makes nobody wait who comes alone', async () => {
  const turns = createTurns(1);
  for (let i = 0; i < 3; i++) {
    expect(turns()).toBeUndefined();
    await nextTurn();
    await nextTurn();
  }
});
