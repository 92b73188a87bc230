import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isTimeout, runWithin, type Delay } from '../../../lib/microsoft/deadline.js';

const never: Delay = () => new Promise(() => undefined);
const atOnce: Delay = () => Promise.resolve();

describe('runWithin', () => {
  it('gives what the work gives', async () => {
    expect(await runWithin(1000, never, () => Promise.resolve('done'))).toBe('done');
  });

  it('ends work that takes too long, even if it does not heed the signal', async () => {
    const thrown: unknown = await runWithin(1000, atOnce, () => new Promise(() => undefined)).catch(
      (cause: unknown) => cause,
    );
    expect(isTimeout(thrown)).toBe(true);
  });

  it('ends with the one around it', async () => {
    const outer = new AbortController();
    const running = runWithin(1000, never, () => new Promise(() => undefined), outer.signal);
    outer.abort(new Error('given up'));
    await expect(running).rejects.toThrow('given up');
  });

  // Node.js keeps a combined signal that has a listener for ever: each call of Intune's would stay in memory.
  it.each([
    ['succeeded', () => Promise.resolve()],
    ['failed', () => Promise.reject(new Error('no answer'))],
  ])('leaves no listener behind when the work %s', async (_case, work) => {
    const outer = new AbortController();
    const signals: AbortSignal[] = [];
    const keep = async (signal: AbortSignal): Promise<void> => {
      signals.push(signal);
      await work();
    };
    await runWithin(1000, never, keep, outer.signal).catch(() => undefined);
    await runWithin(1000, never, keep).catch(() => undefined);
    expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0, 0]);
  });
});
