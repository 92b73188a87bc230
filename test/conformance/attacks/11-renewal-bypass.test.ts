/** Attack 11: an old certificate in place of a challenge. On the Intune endpoint it opens nothing, however it is sent. */
import { describe, expect, it } from 'vitest';
import { staticEndpoint } from '../../support/test-service.js';
import {
  createBench,
  createCalls,
  DEVICE_KEY,
  grantingIntune,
  intuneEndpoint,
  issuedBy,
  OTHER_KEY,
} from '../../support/scep-bench.js';
import { expectAlert, expectQuiet } from '../../support/alert.js';

/** A device that has enrolled. */
async function create() {
  const calls = createCalls();
  const endpoint = intuneEndpoint({ validator: grantingIntune(calls) });
  const bench = await createBench({ endpoints: () => [endpoint] });
  const signer = { key: DEVICE_KEY, certificate: issuedBy(await bench.ask(bench.build())) };
  return { calls, bench, signer };
}
const withoutChallenge = { key: OTHER_KEY, subject: 'CN=device', challenge: '' };

describe('a certificate of ours without a challenge', () => {
  it.each([
    [17, 'ERR_RENEWAL_OFF'],
    [18, 'ERR_RENEWAL_OFF'],
    [19, 'ERR_CHALLENGE_MISSING'],
  ] as const)('messageType %i is %s', async (messageType, code) => {
    const { bench, calls, signer } = await create();
    const { outcome } = await bench.ask(bench.build({ signer, messageType, csr: withoutChallenge }));
    expect(outcome).toBe('FAILURE badRequest');
    expectAlert(bench, code);
    expect(bench.store.records.size).toBe(1);
    expect(calls.validated).toHaveLength(1);
  });

  it.each([17, 19])('messageType %i opens no other endpoint that renews either', async (messageType) => {
    const both = await createBench({ endpoints: (parts) => [intuneEndpoint(), staticEndpoint(parts)] });
    const own = { key: DEVICE_KEY, certificate: issuedBy(await both.ask(both.build())) };
    const message = both.build({ signer: own, messageType, csr: withoutChallenge });
    expect((await both.ask(message, 'static')).outcome).toBe('FAILURE badRequest');
    expectAlert(both, 'ERR_RENEWAL_REFUSED');
    expect(both.store.records.size).toBe(1);
  });

  it.each([17, 19])('messageType %i with a challenge is for Intune to judge', async (messageType) => {
    const { bench, calls, signer } = await create();
    const challenge = `fresh ${messageType}`;
    const csr = { ...withoutChallenge, challenge };
    expect((await bench.ask(bench.build({ signer, messageType, csr }))).outcome).toBe('SUCCESS');
    expect(calls.validated).toHaveLength(2);
    expectQuiet(bench, challenge);
  });
});
