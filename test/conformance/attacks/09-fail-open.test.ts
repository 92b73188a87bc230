/** Attack 9: Intune is away, broken, or says something new. Nothing but its plain yes issues. */
import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import type { Verdict } from '../../../lib/validators/validator.js';
import { expectAlert } from '../../support/alert.js';
import { createBench, createCalls, grantingIntune, intuneEndpoint } from '../../support/scep-bench.js';

async function withVerdict(validate: () => Promise<Verdict>) {
  const calls = createCalls();
  const validator = { ...grantingIntune(calls), validate };
  const bench = await createBench({ endpoints: () => [intuneEndpoint({ validator })] });
  return { calls, bench, answer: await bench.ask(bench.build()) };
}

describe('an outage', () => {
  it.each([
    'ERR_VALIDATOR_UNAVAILABLE',
    'ERR_INTUNE_FORBIDDEN',
    'ERR_INTUNE_UNDISCOVERED',
  ] as const satisfies readonly ErrorCode[])('%s is 503 with Retry-After', async (code) => {
    const { bench, calls, answer } = await withVerdict(() => Promise.reject(new SkepError(code)));
    expect(answer.outcome).toBe('HTTP 503');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expectAlert(bench, code);
    expect(bench.store.records.size + bench.store.claims.size).toBe(0);
    expect(calls.failed).toEqual([]);
  });

  it('an exception without a code is one too', async () => {
    const { bench, answer } = await withVerdict(() =>
      Promise.reject(new TypeError('undefined is not a function')),
    );
    expect(answer.outcome).toBe('HTTP 503');
    expect(bench.store.records.size).toBe(0);
    expectAlert(bench, 'ERR_INTERNAL');
  });
});

it.each(['ERR_INTUNE_REFUSED', 'ERR_INTUNE_EXPIRED'] as const)('%s is a signed refusal', async (code) => {
  const { bench, calls, answer } = await withVerdict(() =>
    Promise.resolve({ granted: false, code, detail: 'a code that nobody has seen' }),
  );
  expect(answer.outcome).toBe('FAILURE badRequest');
  expect(bench.store.records.size).toBe(0);
  expect(calls.failed).toEqual([]);
  expectAlert(bench, code);
});
