/** Attack 17: a discovery result that leads elsewhere. No token goes to a host that is not Intune's, nothing is issued. */
import { expect, it } from 'vitest';
import { silentLogger } from '../../../lib/base/log.js';
import { createIntuneValidator } from '../../../lib/validators/intune.js';
import { expectAlert } from '../../support/alert.js';
import { createBench, intuneEndpoint } from '../../support/scep-bench.js';
import { createFakeCloud, endpointList } from '../../unit/intune/fake-cloud.js';

it.each([
  'https://intune.evil.example/RACerts/StatelessScepRequestValidationService',
  'http://fef.msuc02.manage.microsoft.com/StatelessScepRequestValidationService',
  'https://manage.microsoft.com.evil.example/StatelessScepRequestValidationService',
  'https://evilmanage.microsoft.com/StatelessScepRequestValidationService',
  'https://fef.manage.microsoft.com@evil.example/StatelessScepRequestValidationService',
  'https://127.0.0.1/StatelessScepRequestValidationService',
  'file:///etc/passwd',
  '//evil.example',
])('%s', async (uri) => {
  const cloud = createFakeCloud({ graph: [endpointList(uri)] });
  const validator = createIntuneValidator({ client: cloud.client, logger: silentLogger });
  const bench = await createBench({ endpoints: () => [intuneEndpoint({ validator })] });
  const answer = await bench.ask(bench.build());
  expect(answer.outcome).toBe('HTTP 503');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  // Graph alone was spoken to, and Intune's token was not even asked for.
  expect(cloud.toIntune()).toEqual([]);
  expect(cloud.tokensAsked.filter((scope) => scope.includes('manage.microsoft.com'))).toEqual([]);
  expectAlert(bench, 'ERR_INTUNE_UNDISCOVERED');
  expect(bench.store.records.size).toBe(0);
});

it('a redirect is not followed', async () => {
  const headers = { location: 'https://intune.evil.example/validateRequest' };
  const cloud = createFakeCloud({ intune: [{ status: 307, headers }] });
  const validator = createIntuneValidator({ client: cloud.client, logger: silentLogger });
  const bench = await createBench({ endpoints: () => [intuneEndpoint({ validator })] });
  expect((await bench.ask(bench.build())).outcome).toBe('HTTP 503');
  const hosts = cloud.seen.map(({ url }) => new URL(url).hostname);
  expectAlert(bench, 'ERR_VALIDATOR_UNAVAILABLE');
  expect(hosts.filter((host) => !host.endsWith('.microsoft.com'))).toEqual([]);
  expect(bench.store.records.size).toBe(0);
});
