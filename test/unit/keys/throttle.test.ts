import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../../lib/keys/throttle.js';
import { virtualTime } from './virtual-time.js';

describe('a throttle', () => {
  const setUp = (limit: number, maxWaitMs?: number) => {
    const time = virtualTime();
    const throttle = createThrottle({ limit, ...time, ...(maxWaitMs === undefined ? {} : { maxWaitMs }) });
    const started: { readonly id: number; readonly at: number }[] = [];
    const ask = (id: number) =>
      throttle
        .run(() => {
          started.push({ id, at: time.elapsed() });
          return Promise.resolve(id);
        })
        .catch((thrown: unknown) => thrown);
    return { ...time, throttle, started, ask };
  };

  it('lets a burst through at once and spreads the rest in order', async () => {
    const { ask, advance, started } = setUp(100);
    const all = Array.from({ length: 24 }, (_, id) => ask(id));
    await advance(0);
    expect(started).toHaveLength(20);
    await advance(500);
    expect(await Promise.all(all)).toEqual(Array.from({ length: 24 }, (_, id) => id));
    expect(started.map(({ id }) => id)).toEqual(Array.from({ length: 24 }, (_, id) => id));
    expect(started.slice(20).map(({ at }) => at)).toEqual([125, 250, 375, 500]);
  });

  it('turns away at once whom it would keep waiting too long, with the seconds until there is room', async () => {
    const { ask, advance } = setUp(10, 3000);
    const all = Array.from({ length: 6 }, (_, id) => ask(id));
    expect(await all[5]).toMatchObject({ code: 'ERR_SIGNER_THROTTLED', retryAfterSeconds: 4 });
    await advance(3000);
    expect(await Promise.all(all.slice(0, 4))).toEqual([0, 1, 2, expect.anything()]);
  });

  it('never lets more than the limit start within ten seconds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 60 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 1, max: 80 })), {
          minLength: 1,
          maxLength: 12,
        }),
        async (limit, waves) => {
          const { ask, advance, started } = setUp(limit);
          for (const [pause, size] of waves) {
            for (let id = 0; id < size; id++) void ask(id);
            await advance(pause);
          }
          await advance(5000);
          for (const { at } of started) {
            const inWindow = started.filter((other) => other.at >= at && other.at < at + 10_000);
            expect(inWindow.length).toBeLessThanOrEqual(limit);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('carries four fifths of the limit in the long run', async () => {
    const { ask, advance, started } = setUp(100);
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 20; i++) void ask(i);
      await advance(1000);
    }
    expect(started.length).toBeGreaterThanOrEqual(480);
    expect(started.length).toBeLessThanOrEqual(520);
  });

  it('starts nothing while the vault wants a pause, not even those that wait already', async () => {
    const { ask, advance, throttle, started } = setUp(10);
    const all = Array.from({ length: 4 }, (_, id) => ask(id));
    await advance(0);
    expect(started).toHaveLength(2);
    throttle.pause(7);
    expect(await ask(9)).toMatchObject({ code: 'ERR_SIGNER_THROTTLED', retryAfterSeconds: 7 });
    await advance(3000);
    expect(await Promise.all(all.slice(2))).toMatchObject([
      { code: 'ERR_SIGNER_THROTTLED' },
      { code: 'ERR_SIGNER_THROTTLED' },
    ]);
    expect(started).toHaveLength(2);
    await advance(4000);
    void ask(10);
    void ask(11);
    await advance(0);
    expect(started).toHaveLength(3);
  });

  it('goes on after operations that fail', async () => {
    const { throttle, ask, advance } = setUp(9);
    const failing = throttle.run(() => Promise.reject(new TypeError('no')));
    await expect(failing).rejects.toThrow('no');
    const next = ask(1);
    await advance(2500);
    expect(await next).toBe(1);
  });
});
