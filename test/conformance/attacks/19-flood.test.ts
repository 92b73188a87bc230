/** Attack 19: a flood of messages. What is cheap to refuse is refused before Intune or the CA key works; the rest is capped. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../lib/validators/validator.js';
import {
  createBench,
  createCalls,
  grantingIntune,
  intuneEndpoint,
  OTHER_KEY,
  type MessageKnobs,
} from '../../support/scep-bench.js';

const CHEAP: Record<string, MessageKnobs> = {
  'a damaged message': { corrupt: 'content' },
  'no proof of possession': { csr: { signWith: OTHER_KEY } },
  'no challenge': { csr: { challenge: '' } },
  'an unknown type': { messageType: 99 },
};

describe('Intune is not asked about', () => {
  it.each(Object.entries(CHEAP))('%s', async (_case, knobs) => {
    const calls = createCalls();
    const bench = await createBench({
      endpoints: () => [intuneEndpoint({ validator: grantingIntune(calls) })],
    });
    expect((await bench.ask(bench.build(knobs))).outcome).toMatch(/^FAILURE/);
    expect(calls).toEqual(createCalls());
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
  const refused = await bench.ask(build(3));
  expect(refused.outcome).toBe('HTTP 429');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  for (const release of waiting.splice(0)) release();
  expect((await Promise.all(held)).map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'SUCCESS']);
  const next = bench.ask(build(4));
  await expect.poll(() => waiting.length).toBe(1);
  for (const release of waiting) release();
  expect((await next).outcome).toBe('SUCCESS');
});
