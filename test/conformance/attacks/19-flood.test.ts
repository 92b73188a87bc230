/** Attack 19: a flood of messages. What is cheap to refuse is refused before Intune or the CA key works; the rest is capped. */
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import type { Verdict } from '../../../lib/validators/validator.js';
import { eventsOf, expectAlert } from '../../support/alert.js';
import {
  createBench,
  createCalls,
  grantingIntune,
  intuneEndpoint,
  leaksOf,
  OTHER_KEY,
  type MessageKnobs,
} from '../../support/scep-bench.js';

const CHEAP: Record<string, [ErrorCode, MessageKnobs]> = {
  'a damaged message': ['ERR_SCEP_SIGNATURE', { corrupt: 'content' }],
  'no proof of possession': ['ERR_CSR_SIGNATURE', { csr: { signWith: OTHER_KEY } }],
  'no challenge': ['ERR_CHALLENGE_MISSING', { csr: { challenge: '' } }],
  'an unknown type': ['ERR_SCEP_MESSAGE_TYPE', { messageType: 99 }],
};

describe('Intune is not asked about', () => {
  it.each(Object.entries(CHEAP))('%s', async (_case, [code, knobs]) => {
    const calls = createCalls();
    const bench = await createBench({
      endpoints: () => [intuneEndpoint({ validator: grantingIntune(calls) })],
    });
    expect((await bench.ask(bench.build(knobs))).outcome).toMatch(/^FAILURE/);
    expect(calls).toEqual(createCalls());
    expectAlert(bench, code);
  });
});

it('more at work than allowed are 429 with Retry-After, and the next one is served', async () => {
  const waiting: (() => void)[] = [];
  const validate = () =>
    new Promise<Verdict>((resolve) => {
      waiting.push(() => {
        resolve({ granted: true });
      });
    });
  const validator = { ...grantingIntune(), validate };
  const bench = await createBench({
    endpoints: () => [intuneEndpoint({ validator })],
    handler: { maxConcurrent: 2 },
  });
  const build = (n: number) => bench.build({ csr: { challenge: `challenge ${n}` } });
  const held = [bench.ask(build(1)), bench.ask(build(2))];
  await expect.poll(() => waiting.length).toBe(2);
  for (const n of [3, 4, 5]) {
    const refused = await bench.ask(build(n));
    expect(refused.outcome).toBe('HTTP 429');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  }
  for (const release of waiting.splice(0)) release();
  expect((await Promise.all(held)).map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'SUCCESS']);
  const next = bench.ask(build(6));
  await expect.poll(() => waiting.length).toBe(1);
  for (const release of waiting) release();
  expect((await next).outcome).toBe('SUCCESS');
  // However many were turned away, that is one event; unread, they have no entry in the journal.
  expect(eventsOf(bench)).toEqual(['warn ERR_BUSY']);
  expect(bench.journal.map(({ outcome }) => outcome)).toEqual(['issued', 'issued', 'issued']);
  expect(leaksOf(bench, 'challenge 3')).toEqual([]);
});
