/** Attack 10: a certificate for a key that the requester does not hold. Refused before Intune is asked. */
import { describe, expect, it } from 'vitest';
import {
  createBench,
  createCalls,
  DEVICE,
  DEVICE_KEY,
  grantingIntune,
  intuneEndpoint,
  OTHER_KEY,
  selfSigned,
} from '../../support/scep-bench.js';
import { expectAlert, expectQuiet } from '../../support/alert.js';

async function create() {
  const calls = createCalls();
  const endpoint = intuneEndpoint({ validator: grantingIntune(calls) });
  return { calls, bench: await createBench({ endpoints: () => [endpoint] }) };
}

describe('proof of possession', () => {
  it('is demanded', async () => {
    const { bench, calls } = await create();
    const { outcome } = await bench.ask(bench.build({ csr: { key: OTHER_KEY, signWith: DEVICE_KEY } }));
    expect(outcome).toBe('FAILURE badRequest');
    expectAlert(bench, 'ERR_CSR_SIGNATURE');
    expect(calls).toEqual(createCalls());
    expect(bench.store.records.size).toBe(0);
  });

  it('is not the signer’s key or name: Apple’s differ in both', async () => {
    const { bench } = await create();
    const signer = selfSigned(OTHER_KEY, { subject: 'CN=MDM SCEP SIGNER,C=US' });
    expect((await bench.ask(bench.build({ signer, csr: { key: DEVICE.key } }))).outcome).toBe('SUCCESS');
    expectQuiet(bench);
  });
});
