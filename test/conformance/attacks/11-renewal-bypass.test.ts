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
import { expectAlert } from './alert.js';

const calls = createCalls();
const bench = await createBench({ endpoints: () => [intuneEndpoint({ validator: grantingIntune(calls) })] });
const signer = { key: DEVICE_KEY, certificate: issuedBy(await bench.ask(bench.build())) };
const withoutChallenge = { key: OTHER_KEY, subject: 'CN=device', challenge: '' };

describe('a certificate of ours without a challenge', () => {
  it.each([
    [17, 'ERR_RENEWAL_OFF'],
    [18, 'ERR_RENEWAL_OFF'],
    [19, 'ERR_CHALLENGE_MISSING'],
  ])('messageType %i is %s', async (messageType, code) => {
    const { outcome } = await bench.ask(bench.build({ signer, messageType, csr: withoutChallenge }));
    expect(outcome).toBe('FAILURE badRequest');
    expect(bench.journal.at(-1)?.code).toBe(code);
    expect(bench.log.filter(({ line }) => line.includes(code)).at(-1)?.level).toBe('warn');
    expect(bench.store.records.size).toBe(1);
    expect(calls.validated).toHaveLength(1);
  });

  it.each([17, 19])('messageType %i opens no other endpoint that renews either', async (messageType) => {
    const both = await createBench({ endpoints: (parts) => [intuneEndpoint(), staticEndpoint(parts)] });
    const own = { key: DEVICE_KEY, certificate: issuedBy(await both.ask(both.build())) };
    const message = both.build({ signer: own, messageType, csr: withoutChallenge });
    expect((await both.ask(message, 'static')).outcome).toBe('FAILURE badRequest');
    expectAlert(both, 'ERR_RENEWAL_REFUSED', 'nothing that was sent');
    expect(both.store.records.size).toBe(1);
  });

  it.each([17, 19])('messageType %i with a challenge is for Intune to judge', async (messageType) => {
    const csr = { ...withoutChallenge, challenge: `fresh ${messageType}` };
    const before = calls.validated.length;
    expect((await bench.ask(bench.build({ signer, messageType, csr }))).outcome).toBe('SUCCESS');
    expect(calls.validated).toHaveLength(before + 1);
  });
});
