/** A good message, cut off after every octet. */
import { expect, it } from 'vitest';
import { createBench } from '../../support/scep-bench.js';
import { ENDPOINTS } from './harmless.js';

it.each(ENDPOINTS.flatMap((endpoint) => [false, true].map((indefinite) => [endpoint, indefinite] as const)))(
  '%s, indefinite lengths: %s',
  async (endpoint, indefinite) => {
    const bench = await createBench();
    const good = bench.build({ indefinite });
    for (let length = 0; length < good.length; length++) {
      const { outcome } = await bench.ask(good.subarray(0, length), endpoint);
      expect(outcome, `after ${length} octets`).toBe('HTTP 400');
    }
    expect(bench.store.records.size).toBe(0);
    expect((await bench.ask(good, endpoint)).outcome).toBe('SUCCESS');
  },
);

it('a good message with something behind it', async () => {
  const bench = await createBench();
  for (const more of [Buffer.of(0), Buffer.of(0, 0), bench.build()]) {
    expect((await bench.ask(Buffer.concat([bench.build(), more]))).outcome).toBe('HTTP 400');
  }
});
