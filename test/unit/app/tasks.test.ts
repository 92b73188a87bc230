import { describe, expect, it } from 'vitest';
import { createTasks, TASK_BUDGETS_MS, type TaskParts } from '../../../lib/app/tasks.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createTestClock, createTestLogger } from '../revocation/fixtures.js';

const NOW = new Date('2026-03-02T12:00:00Z');

function setUp(changes: Partial<TaskParts> = {}) {
  const clock = createTestClock(NOW);
  const { logger, lines } = createTestLogger();
  const done: unknown[] = [];
  const tasks = createTasks({
    crl: {
      publish: (cause) => {
        done.push(['crl', cause]);
        return Promise.resolve();
      },
    },
    sweep: () => Promise.resolve({ abandoned: 0, revoked: 2, failed: 0 }),
    store: {
      purgeExpired: (before) => {
        done.push(['purge', before]);
        return Promise.resolve({ claims: 3, expired: 1 });
      },
    },
    journal: { purge: () => Promise.resolve(7) },
    appendToLog: () => Promise.resolve({ appended: 0 }),
    watchExpiry: () => Promise.resolve({ ending: 0 }),
    clock,
    logger,
    ...changes,
  });
  return { tasks, clock, lines, done };
}

describe('tasks', () => {
  it('publishes the CRL', async () => {
    const { tasks, done } = setUp();
    await tasks.crl();
    expect(done).toEqual([['crl', 'timer']]);
  });

  it('purges what is beyond every replay window, and the journal', async () => {
    const { tasks, done, lines } = setUp();
    await tasks.purge();
    expect(done).toEqual([['purge', new Date('2026-03-01T11:00:00Z')]]);
    expect(lines).toEqual([
      'info A timer did its work task=purge claims=3 expired=1 journalRows=7 durationMs=0',
    ]);
  });

  it('tells what was done, and whispers when there was nothing', async () => {
    let revoked = 2;
    const { tasks, lines } = setUp({ sweep: () => Promise.resolve({ abandoned: 0, revoked }) });
    await tasks.sweep();
    revoked = 0;
    await tasks.sweep();
    expect(lines).toEqual([
      'info A timer did its work task=sweep abandoned=0 revoked=2 durationMs=0',
      'debug A timer did its work task=sweep abandoned=0 revoked=0 durationMs=0',
    ]);
  });

  it('warns of a run whose time was not enough', async () => {
    const { tasks, lines } = setUp({
      followDirectory: () => Promise.resolve({ candidates: 0, outOfTime: true }),
    });
    await tasks.directory();
    expect(lines).toEqual([
      'warn A timer ran out of time; its next run goes on task=directory candidates=0 outOfTime=true durationMs=0',
    ]);
  });

  it('purges for as long as there is time: half of it the store, and the journal in any case', async () => {
    const asked: boolean[] = [];
    const { tasks, clock, lines } = setUp({
      store: {
        purgeExpired: (_before, mayGoOn = () => true) => {
          asked.push(mayGoOn());
          clock.advance(TASK_BUDGETS_MS.purge / 2);
          asked.push(mayGoOn());
          return Promise.resolve({ claims: 3, expired: 0 });
        },
      },
      journal: {
        purge: (mayGoOn = () => true) => {
          asked.push(mayGoOn());
          clock.advance(TASK_BUDGETS_MS.purge / 2);
          asked.push(mayGoOn());
          return Promise.resolve(7);
        },
      },
    });
    await tasks.purge();
    expect(asked).toEqual([true, false, true, false]);
    expect(lines.join()).toContain('warn A timer ran out of time; its next run goes on task=purge claims=3');
  });

  it('has nothing to do for Intune where Intune is off', async () => {
    const { tasks, lines } = setUp();
    await tasks.intuneRevocations();
    await tasks.outbox();
    expect(lines.every((line) => line.startsWith('debug'))).toBe(true);
  });

  it('logs a failure and hands it to the host', async () => {
    const { tasks, lines } = setUp({
      workOffIntuneQueue: () => Promise.reject(new SkepError('ERR_INTUNE_FORBIDDEN', { detail: '403' })),
    });
    await expect(tasks.intuneRevocations()).rejects.toMatchObject({ code: 'ERR_INTUNE_FORBIDDEN' });
    expect(lines).toEqual([
      'error A timer failed; its next run tries again task=intuneRevocations code=ERR_INTUNE_FORBIDDEN detail=403 durationMs=0',
    ]);
  });
});
