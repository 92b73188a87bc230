import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSchedule } from '../../../dev/host/schedule.js';
import { createTimer, type TimerInput } from '../../../dev/host/timer.js';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:30Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const everyMinute = parseSchedule('0 * * * * *', {});

function recorder() {
  const inputs: TimerInput[] = [];
  const run = (input: TimerInput) => {
    inputs.push(input);
    return Promise.resolve();
  };
  return { inputs, run };
}

describe('createTimer', () => {
  it('runs at each occurrence and tells when it ran and will run', async () => {
    const { inputs, run } = recorder();
    const timer = createTimer(everyMinute, run);
    timer.start();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(inputs).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(60_001);
    expect(inputs).toEqual([
      {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: {
          Last: '0001-01-01T00:00:00.000Z',
          Next: '2026-01-01T00:02:00.000Z',
          LastUpdated: '0001-01-01T00:00:00.000Z',
        },
        IsPastDue: false,
      },
      {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: {
          Last: '2026-01-01T00:01:00.000Z',
          Next: '2026-01-01T00:03:00.000Z',
          LastUpdated: '2026-01-01T00:01:00.000Z',
        },
        IsPastDue: false,
      },
    ]);
    await timer.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on after a failed run', async () => {
    const run = vi.fn(() => Promise.reject(new Error('on purpose')));
    const timer = createTimer(everyMinute, run);
    timer.start();
    await vi.advanceTimersByTimeAsync(150_000);
    expect(run).toHaveBeenCalledTimes(3);
    await timer.stop();
  });

  it('skips the occurrences that fall into a run', async () => {
    const starts: string[] = [];
    const timer = createTimer(everyMinute, async () => {
      starts.push(new Date().toISOString());
      await new Promise((resolve) => setTimeout(resolve, 90_000));
    });
    timer.start();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(starts).toEqual(['2026-01-01T00:01:00.000Z', '2026-01-01T00:03:00.000Z']);
    const stopped = timer.stop();
    await vi.advanceTimersByTimeAsync(90_000);
    await stopped;
    await vi.advanceTimersByTimeAsync(90_000);
    expect(starts).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits longer than setTimeout can', async () => {
    const { inputs, run } = recorder();
    const timer = createTimer(parseSchedule('0 0 0 1 3 *', {}), run);
    timer.start();
    await vi.advanceTimersByTimeAsync(new Date('2026-02-28T23:59:59Z').getTime() - Date.now());
    expect(inputs).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(inputs).toHaveLength(1);
    await timer.stop();
  });

  it('lets a manual run wait for the one under way', async () => {
    let running = 0;
    let mostAtOnce = 0;
    const timer = createTimer(everyMinute, async () => {
      mostAtOnce = Math.max(mostAtOnce, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      running--;
    });
    const runs = Promise.all([timer.runNow(), timer.runNow()]);
    await vi.advanceTimersByTimeAsync(2000);
    await runs;
    expect(mostAtOnce).toBe(1);
  });

  it('hands the failure of a manual run to the one who asked', async () => {
    const timer = createTimer(everyMinute, () => Promise.reject(new Error('on purpose')));
    await expect(timer.runNow()).rejects.toThrow('on purpose');
  });
});
