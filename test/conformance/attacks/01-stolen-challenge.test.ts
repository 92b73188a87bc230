/** Attack 1: a genuine challenge with a request for somebody else. Intune compares; we ask it about the very bytes. */
import { expect, it } from 'vitest';
import type { Validator } from '../../../lib/validators/validator.js';
import {
  createBench,
  createCalls,
  deviceCsr,
  grantingIntune,
  intuneEndpoint,
} from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

const calls = createCalls();
const refusing: Validator = {
  ...grantingIntune(calls),
  validate: () =>
    Promise.resolve({ granted: false, code: 'ERR_INTUNE_REFUSED', detail: 'SubjectNameMismatch' }),
};

it('is refused when Intune refuses it', async () => {
  const bench = await createBench({ endpoints: () => [intuneEndpoint({ validator: refusing })] });
  const { outcome, message } = await bench.ask(bench.build({ csr: { subject: 'CN=dc01' } }));
  expect(outcome).toBe('FAILURE badRequest');
  expect(message?.failInfoText).not.toContain('Subject');
  expectAlert(bench, 'ERR_INTUNE_REFUSED');
  expect(bench.store.records.size).toBe(0);
  // Its own refusal is no news to Intune.
  expect(calls.failed).toEqual([]);
});

it('Intune sees the request octet for octet', async () => {
  const bench = await createBench({
    endpoints: () => [intuneEndpoint({ validator: grantingIntune(calls) })],
  });
  const messageData = deviceCsr({ subject: 'CN=device 1', sortAttributes: false });
  expect((await bench.ask(bench.build({ messageData }))).outcome).toBe('SUCCESS');
  expect(calls.validated.map((csr) => Buffer.from(csr).toString('hex'))).toEqual([
    Buffer.from(messageData).toString('hex'),
  ]);
});
