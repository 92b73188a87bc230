/**
 * A good message with one bit turned over, at every seventh octet. Some octets are covered by no signature (the
 * enclosed self-signed certificate’s own one, for instance): such a message may succeed, for what was really asked.
 */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createBench, deviceCsr } from '../../support/scep-bench.js';

it.each([
  ['static', false],
  ['static', true],
  ['intune', false],
] as const)('%s, indefinite lengths: %s', async (endpoint, indefinite) => {
  const bench = await createBench();
  const messageData = deviceCsr();
  const asked = createHash('sha256').update(messageData).digest('hex').toUpperCase();
  const good = bench.build({ messageData, indefinite });
  const seen = new Set<string>();
  for (let at = 0; at < good.length; at += 7) {
    const damaged = Uint8Array.from(good);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const { outcome } = await bench.ask(damaged, endpoint);
    seen.add(outcome);
    expect(outcome, `octet ${at}`).toMatch(/^(HTTP 400|FAILURE bad\w+|SUCCESS)$/);
  }
  expect(seen).toContain('HTTP 400');
  expect(seen).toContain('FAILURE badMessageCheck');
  const hashes = [...bench.store.records.values()].map(({ csrHash }) => csrHash);
  expect(hashes.filter((hash) => hash !== asked)).toEqual([]);
  expect(hashes.length).toBeLessThanOrEqual(1);
});
