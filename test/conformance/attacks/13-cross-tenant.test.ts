/** Attack 13: another tenant's challenge. Intune says so; there is no second tenant to try. */
import { expect, it } from 'vitest';
import { silentLogger } from '../../../lib/base/log.js';
import { createIntuneValidator } from '../../../lib/validators/intune.js';
import { createBench, intuneEndpoint, linesWith } from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

it('is asked once and refused', async () => {
  let asked = 0;
  const ruling = () => {
    asked++;
    return Promise.resolve({
      granted: false,
      code: 'ERR_INTUNE_REFUSED',
      detail: 'BadTenantIdInChallenge',
      resultCode: 'BadTenantIdInChallenge',
    } as never);
  };
  const validator = createIntuneValidator({
    logger: silentLogger,
    client: { validateRequest: ruling, successNotification: ruling, failureNotification: ruling },
  });
  const bench = await createBench({ endpoints: () => [intuneEndpoint({ validator })] });
  expect((await bench.ask(bench.build())).outcome).toBe('FAILURE badRequest');
  expect(asked).toBe(1);
  expect(linesWith(bench, 'BadTenantIdInChallenge')).toHaveLength(1);
  expectAlert(bench, 'ERR_INTUNE_REFUSED');
  expect(bench.store.records.size).toBe(0);
});
