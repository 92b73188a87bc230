import { describe, expect, it } from 'vitest';
import { startTrace } from '../../../lib/enrollment/trace.js';

const at = new Date('2026-11-22T12:00:00Z');
const start = () => startTrace('static', 'T1', { now: () => at });

describe('a trace', () => {
  it('gives back what a step gives, and notes it', async () => {
    const trace = start();
    expect(await trace.step('one', () => 1)).toBe(1);
    expect(await trace.step('two', () => Promise.resolve(2))).toBe(2);
    const { steps } = trace.entry('issued');
    expect(steps.map(({ name }) => name)).toEqual(['one', 'two']);
    for (const { ms } of steps) expect(ms).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['throws', () => { throw new RangeError('no'); }], // prettier-ignore
    ['rejects', () => Promise.reject(new RangeError('no'))],
  ])('notes a step that %s, and lets it fail', async (_case, work) => {
    const trace = start();
    await expect(trace.step('sign', work)).rejects.toThrow(RangeError);
    expect(trace.entry('refused').steps.map(({ name }) => name)).toEqual(['sign']);
  });

  it('becomes an entry without what is not known', () => {
    expect(start().entry('refused')).toEqual({
      at,
      endpoint: 'static',
      transactionId: 'T1',
      messageType: 'unknown',
      outcome: 'refused',
      steps: [],
    });
  });

  it('becomes an entry with all that is known', () => {
    const trace = start();
    const known = { messageType: 'PKCSReq', subject: 'CN=a', serialNumber: '41', deviceId: 'd', user: 'u' };
    Object.assign(trace, known);
    expect(trace.entry('refused', 'ERR_SAN', 'dns')).toMatchObject({
      ...known,
      code: 'ERR_SAN',
      detail: 'dns',
    });
  });
});
