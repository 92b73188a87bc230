/** Attack 12: a challenge in a log is good for an hour. A whole life of a device leaves none anywhere. */
import { expect, it } from 'vitest';
import { expectAlerts } from '../../support/alert.js';
import { createBench, intuneEndpoint, OTHER_KEY } from '../../support/scep-bench.js';

const CHALLENGE = Buffer.from('<CertEnrollToken>a live one, good for an hour</CertEnrollToken>').toString(
  'base64',
);

it('issued, repeated, reused, refused: the challenge is nowhere', async () => {
  const bench = await createBench({ endpoints: () => [intuneEndpoint()] });
  const message = bench.build({ csr: { challenge: CHALLENGE } });
  const outcomes: string[] = [];
  for (const body of [
    message,
    message,
    bench.build({ csr: { challenge: CHALLENGE, key: OTHER_KEY } }),
    bench.build({ csr: { challenge: CHALLENGE, keyUsage: ['cRLSign'] } }),
    bench.build({ csr: { challenge: CHALLENGE }, messageType: 'GetCert' }),
    message.subarray(0, -1),
  ]) {
    outcomes.push((await bench.ask(body)).outcome);
  }
  expect(outcomes).toEqual([
    'SUCCESS',
    'SUCCESS',
    'FAILURE badRequest',
    'FAILURE badRequest',
    'FAILURE badCertId',
    'HTTP 400',
  ]);
  const codes = [
    'ERR_CHALLENGE_REUSED',
    'ERR_CHALLENGE_REUSED',
    'ERR_CERT_UNKNOWN',
    'ERR_SCEP_MALFORMED',
  ] as const;
  expectAlerts(bench, codes, CHALLENGE);
  const stored = JSON.stringify([...bench.store.records.values(), ...bench.store.claims.values()]);
  expect(stored).not.toContain(CHALLENGE);
});
