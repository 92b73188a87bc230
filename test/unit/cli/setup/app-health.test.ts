import { describe, expect, it } from 'vitest';
import { waitForRoles, type HealthPart } from '../../../../cli/setup/app-health.js';
import { createVirtualTime } from '../../microsoft/virtual-time.js';

const intune = (ok: boolean): HealthPart[] => [
  { name: 'Certificate store', ok: false, text: 'not a matter of roles' },
  { name: 'Intune', ok, text: ok ? 'Intune accepts this app.' : 'Not yet.' },
];

async function wait(minutes: number, answers: readonly (HealthPart[] | undefined)[]) {
  const time = createVirtualTime();
  const steps: string[] = [];
  let asked = 0;
  const readiness = await time.run(
    waitForRoles({
      ask: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)]),
      minutes,
      clock: time.clock,
      sleep: (ms) => time.delay(ms, new AbortController().signal),
      report: {
        step: (text) => steps.push(text),
        list: () => undefined,
        warn: () => undefined,
        finish: () => undefined,
      },
    }),
  );
  return { state: readiness.state, parts: readiness.parts, asked, steps, elapsedMs: time.elapsedMs() };
}

describe('waiting for the roles', () => {
  it('ends when the app has them, whatever else is wrong with it', async () => {
    const run = await wait(5, [undefined, intune(false), intune(true)]);
    expect(run).toMatchObject({ state: 'ready', asked: 3, elapsedMs: 40_000 });
    expect(run.parts).toEqual(intune(true).slice(1));
  });

  it('ends when the time is up, not later, and says how long it still takes', async () => {
    const run = await wait(2, [intune(false)]);
    expect(run).toMatchObject({ state: 'pending', elapsedMs: 120_000, asked: 7 });
    expect(run.steps).toEqual(['Not yet. Waiting for 2 more min.', 'Not yet. Waiting for 1 more min.']);
  });

  it('looks once when it may not wait', async () => {
    expect(await wait(0, [undefined])).toMatchObject({ state: 'silent', asked: 1, elapsedMs: 0, steps: [] });
  });
});
