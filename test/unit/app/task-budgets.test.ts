import { describe, expect, it, vi } from 'vitest';
import { parseSchedule } from '../../../dev/host/schedule.js';
import host from '../../../host.json' with { type: 'json' };
import { TASK_BUDGETS_MS, type TaskName } from '../../../lib/app/tasks.js';
import { MINUTE_MS } from '../../../lib/base/clock.js';

const timers = vi.hoisted(() => new Map<string, { readonly schedule: string }>());
vi.mock('@azure/functions', () => ({
  app: { timer: (name: string, timer: { readonly schedule: string }) => timers.set(name, timer) },
}));
await import('../../../functions/timers.js');

/** `hh:mm:ss` */
function parseTimeout(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
const hostEndsMs = parseTimeout(host.functionTimeout);

const budgets = Object.entries(TASK_BUDGETS_MS).flatMap(([task, budget]) =>
  budget === 'whole' ? [] : [{ task, budget }],
);

/** The shortest time between two runs of a day. */
function intervalOf(task: string): number {
  const name = `timer-${task.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const schedule = parseSchedule(timers.get(name)?.schedule ?? '', {});
  const first = schedule.next(new Date('2026-01-01T00:00:00Z'));
  return schedule.next(first).getTime() - first.getTime();
}

describe('the time of a task', () => {
  it.each(budgets)(
    '$task: what is under way at its end has as long again before the host ends it',
    ({ budget }) => {
      expect(budget * 2).toBeLessThanOrEqual(hostEndsMs);
    },
  );

  it.each(budgets)('$task: is over before the next run is due', ({ task, budget }) => {
    expect(budget).toBeLessThan(intervalOf(task));
  });

  it('is set for all but those that are a few calls', () => {
    const whole = Object.entries(TASK_BUDGETS_MS).filter(([, budget]) => budget === 'whole');
    expect(whole.map(([task]) => task)).toEqual(['crl', 'raRenewal', 'expiry'] satisfies TaskName[]);
    expect(timers.size).toBe(Object.keys(TASK_BUDGETS_MS).length);
  });
});

describe('the host', () => {
  it('ends a long run that hangs when the next one is due, and is asked for no more than any plan gives', () => {
    const longest = Math.max(...budgets.map(({ budget }) => budget));
    const long = budgets.filter(({ budget }) => budget === longest).map(({ task }) => intervalOf(task));
    expect(hostEndsMs).toBeLessThanOrEqual(Math.min(...long));
    expect(hostEndsMs).toBeLessThanOrEqual(10 * MINUTE_MS);
  });
});
