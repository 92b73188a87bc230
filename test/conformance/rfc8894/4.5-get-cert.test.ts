/** GetCert: by issuer and serial number, what was delivered and nothing else (section 4.5). */
import { describe, expect, it } from 'vitest';
import { encodeName } from '../../../dev/scep-client/index.js';
import { integer, sequence } from '../../../lib/pki/der.js';
import { createBench, issuedBy, openAnswer, OTHER_KEY, selfSigned } from '../../support/scep-bench.js';

const bench = await createBench();
const issued = issuedBy(await bench.ask(bench.build()));
const getCert = (issuer: Uint8Array, serialNumber: Uint8Array | number) =>
  bench.build({ messageType: 'GetCert', messageData: sequence(issuer, integer(serialNumber)) });

describe('GetCert', () => {
  it('finds the certificate, and sends it alone', async () => {
    const answer = await bench.ask(getCert(bench.ca.ca.subjectDer, issued.serialNumber));
    expect(answer.outcome).toBe('SUCCESS');
    expect(openAnswer(answer).certificates.map(({ serialHex }) => serialHex)).toEqual([issued.serialHex]);
  });

  it('finds it for anybody: certificates are public', async () => {
    const signer = selfSigned(OTHER_KEY);
    const messageData = sequence(bench.ca.ca.subjectDer, integer(issued.serialNumber));
    const answer = await bench.ask(bench.build({ messageType: 'GetCert', messageData, signer }));
    expect(issuedBy(answer, signer).serialHex).toBe(issued.serialHex);
  });

  it.each([
    ['an unknown serial number', bench.ca.ca.subjectDer, 4711],
    ['another issuer', encodeName('CN=Other CA'), issued.serialNumber],
  ])('%s is badCertId', async (_case, issuer, serialNumber) => {
    expect((await bench.ask(getCert(issuer, serialNumber))).outcome).toBe('FAILURE badCertId');
  });

  it('does not know a certificate that its owner has not accepted', async () => {
    const undelivered = { ...(await bench.store.get(issued.serialHex)), serialNumber: '41AA' } as never;
    const { state, deliveredAt, ...fields } = undelivered as Record<string, unknown>;
    expect([state, deliveredAt !== undefined]).toEqual(['delivered', true]);
    (bench.store.records as Map<string, unknown>).set('41AA', { ...fields, state: 'issued' });
    const answer = await bench.ask(getCert(bench.ca.ca.subjectDer, Uint8Array.of(0x41, 0xaa)));
    expect(answer.outcome).toBe('FAILURE badCertId');
  });
});
