import { describe, expect, it } from 'vitest';
import {
  backOffMs,
  classifyFailure,
  nextStep,
  type NextStep,
  type Outcome,
} from '../../../lib/microsoft/retry-rules.js';

const fresh = { renewals: 0, relocations: 0, retries: 0 };
const reply = (status: number): Outcome => ({ kind: 'reply', status });

describe('nextStep', () => {
  it.each<[Outcome, NextStep]>([
    [reply(200), 'answer'],
    [reply(302), 'answer'],
    [reply(400), 'answer'],
    [reply(401), 'renew-token'],
    [reply(403), 'give-up'],
    [reply(404), 'relocate'],
    [{ kind: 'unreachable' }, 'relocate'],
    [{ kind: 'interrupted' }, 'retry'],
    ...[408, 429, 500, 502, 503, 504].map((status): [Outcome, NextStep] => [reply(status), 'retry']),
    [reply(501), 'answer'],
  ])('%j at first: %s', (outcome, step) => {
    expect(nextStep(outcome, fresh, true)).toBe(step);
  });

  it.each<[Outcome, Partial<typeof fresh>]>([
    [reply(401), { renewals: 1 }],
    [reply(404), { relocations: 1 }],
    [{ kind: 'unreachable' }, { relocations: 1 }],
    [{ kind: 'interrupted' }, { retries: 2 }],
    [reply(503), { retries: 2 }],
  ])('%j again, after %j: gives up', (outcome, spent) => {
    expect(nextStep(outcome, { ...fresh, ...spent }, true)).toBe('give-up');
  });

  it('does not relocate what cannot move', () => {
    expect(nextStep(reply(404), fresh, false)).toBe('answer');
    expect(nextStep({ kind: 'unreachable' }, fresh, false)).toBe('retry');
  });
});

describe('classifyFailure', () => {
  it.each([
    ['ENOTFOUND', 'unreachable'],
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'interrupted'],
    ['ETIMEDOUT', 'interrupted'],
  ])('%s: %s', (code, kind) => {
    expect(classifyFailure(Object.assign(new Error(), { code }))).toBe(kind);
  });

  it('takes what has no code as interrupted', () => {
    expect(classifyFailure('thrown text')).toBe('interrupted');
  });
});

it('backs off by about half a second, then two', () => {
  expect([backOffMs(0, 0), backOffMs(0, 255), backOffMs(1, 0), backOffMs(1, 255)]).toEqual([
    375, 625, 1500, 2500,
  ]);
});

describe('what was perhaps carried out', () => {
  it.each<[Outcome, NextStep]>([
    [reply(429), 'retry'],
    [reply(503), 'retry'],
    [{ kind: 'unreachable' }, 'retry'],
    [reply(500), 'give-up'],
    [reply(504), 'give-up'],
    [{ kind: 'interrupted' }, 'give-up'],
  ])('is not sent again: %j, %s', (outcome, step) => {
    expect(nextStep(outcome, fresh, false, false)).toBe(step);
  });
});
