/** GetCRL: the current CRL alone, whoever's serial number was named (section 4.6). */
import { expect, it } from 'vitest';
import { encodeName } from '../../../dev/scep-client/index.js';
import { SkepError } from '../../../lib/base/errors.js';
import { cRLNumber, encodeTbsCertList } from '../../../lib/pki/crl.js';
import { integer, sequence } from '../../../lib/pki/der.js';
import { encodeSigned } from '../../../lib/pki/tbs-certificate.js';
import { createBench, openAnswer, type Bench } from '../../support/scep-bench.js';
import { createTestSigner, generatePrivateKey } from '../../support/test-authority.js';

const key = generatePrivateKey('ec');
const tbs = encodeTbsCertList({
  signature: 'ES256',
  issuer: encodeName('CN=Mini SCEP CA'),
  thisUpdate: new Date('2026-11-22T00:00:00Z'),
  nextUpdate: new Date('2026-11-23T00:00:00Z'),
  entries: [],
  extensions: [cRLNumber(1)],
});
const CRL = encodeSigned(tbs, 'ES256', await createTestSigner(key).sign(tbs, 'ES256'));
const ask = (bench: Bench, issuer: Uint8Array, serialNumber = 1) => {
  const messageData = sequence(issuer, integer(serialNumber));
  return bench.ask(bench.build({ messageType: 'GetCRL', messageData }));
};

it.each([1, 77, 0x4711])('answers whatever the serial number: %i', async (serialNumber) => {
  const bench = await createBench({ currentCrl: () => Promise.resolve(CRL) });
  const answer = await ask(bench, bench.ca.ca.subjectDer, serialNumber);
  expect(answer.outcome).toBe('SUCCESS');
  const { crls, certificates } = openAnswer(answer);
  expect(certificates).toEqual([]);
  expect(crls.map((crl) => Buffer.from(crl).toString('hex'))).toEqual([Buffer.from(CRL).toString('hex')]);
});

it('does not know another CA', async () => {
  const bench = await createBench({ currentCrl: () => Promise.resolve(CRL) });
  expect((await ask(bench, encodeName('CN=Other CA'))).outcome).toBe('FAILURE badCertId');
});

it('asks to come back while there is no CRL', async () => {
  const bench = await createBench({
    currentCrl: () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE')),
  });
  const answer = await ask(bench, bench.ca.ca.subjectDer);
  expect(answer.outcome).toBe('HTTP 503');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});
