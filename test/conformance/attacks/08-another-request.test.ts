/** Attack 8: a request validated and another one issued. One array of octets is hashed, validated, parsed, issued from. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { publicKeyDer } from '../../../dev/scep-client/index.js';
import { expectAlert, expectQuiet } from '../../support/alert.js';
import {
  createBench,
  createCalls,
  deviceCsr,
  grantingIntune,
  intuneEndpoint,
  issuedBy,
  OTHER_KEY,
  DEVICE_KEY,
} from '../../support/scep-bench.js';

it('keeps requests that arrive together apart', async () => {
  const calls = createCalls();
  const bench = await createBench({
    endpoints: () => [intuneEndpoint({ validator: grantingIntune(calls) })],
  });
  const devices = [DEVICE_KEY, OTHER_KEY, DEVICE_KEY, OTHER_KEY].map((key, n) => ({
    key,
    subject: `CN=device ${n}`,
    messageData: deviceCsr({ key, subject: `CN=device ${n}`, challenge: `challenge ${n}` }),
  }));
  // All under one transaction id: it tells requests apart no more than a name does.
  const answers = await Promise.all(
    devices.map(({ messageData }) => bench.ask(bench.build({ messageData, transactionId: '0' }))),
  );
  for (const [n, { key, subject, messageData }] of devices.entries()) {
    const certificate = issuedBy(answers[n] as never);
    expect(certificate.subject).toBe(subject);
    expect(Buffer.from(certificate.spki)).toEqual(Buffer.from(publicKeyDer(key)));
    const record = await bench.store.get(certificate.serialHex);
    const csrHash = createHash('sha256').update(messageData).digest('hex').toUpperCase();
    expect(record).toMatchObject({ csrHash, subject, transactionId: '0' });
  }
  expect(new Set(calls.validated.map((csr) => Buffer.from(csr).toString('hex'))).size).toBe(4);
  for (const n of devices.keys()) expectQuiet(bench, `challenge ${n}`);
});

it('refuses what was not validated, under the challenge and the transaction of what was', async () => {
  const calls = createCalls();
  const bench = await createBench({
    endpoints: () => [intuneEndpoint({ validator: grantingIntune(calls) })],
  });
  const first = issuedBy(await bench.ask(bench.build()));
  const other = deviceCsr({ subject: 'CN=another device' });
  expect((await bench.ask(bench.build({ messageData: other }))).outcome).toBe('FAILURE badRequest');
  expect([...bench.store.records.keys()]).toEqual([first.serialHex]);
  expect(calls.validated).toHaveLength(1);
  expectAlert(bench, 'ERR_CHALLENGE_REUSED');
});
