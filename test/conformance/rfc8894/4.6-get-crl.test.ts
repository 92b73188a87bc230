/** GetCRL: the current CRL of the CA that is named, alone, whoever's serial number stands beside it (section 4.6). */
import { describe, expect, it } from 'vitest';
import { encodeName } from '../../../dev/scep-client/index.js';
import { fromHex } from '../../../lib/base/bytes.js';
import { SkepError } from '../../../lib/base/errors.js';
import { cRLNumber, encodeTbsCertList } from '../../../lib/pki/crl.js';
import { integer, sequence } from '../../../lib/pki/der.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { encodeSigned } from '../../../lib/pki/tbs-certificate.js';
import { createBench, issuedBy, openAnswer, type Bench } from '../../support/scep-bench.js';
import { createTestAuthority, createTestSigner, generatePrivateKey } from '../../support/test-authority.js';

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
const ask = (bench: Bench, issuer: Uint8Array, serialNumber: Uint8Array | number = 1) => {
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

/** The present CA's, of the vectors. */
const PRESENT = 'CN=Mini SCEP CA,O=ProtoScep,C=US';

describe.each([
  ['another name', 'CN=Former CA'],
  ['the same name', PRESENT],
])('after a rollover from a CA of %s', async (_case, name) => {
  const former = await createTestAuthority('ec', 'ra', name);
  const formerCa = parseCertificate(former.authority.issuer.certificate);
  const asked: string[] = [];
  const bench = await createBench({
    currentCrl: (issuerId) => {
      asked.push(issuerId);
      return Promise.resolve(CRL);
    },
    authority: (own) => ({ ...own, trusted: [...own.trusted, former.authority.issuer.certificate] }),
  });
  const issued = issuedBy(await bench.ask(bench.build()));
  const record = await bench.store.get(issued.serialHex);
  const old = { ...record, serialNumber: '41AA', issuerId: former.issuerId } as never;
  (bench.store.records as Map<string, unknown>).set('41AA', old);

  const crlOf = async (issuer: Uint8Array, serialNumber: Uint8Array | number) => {
    asked.length = 0;
    expect((await ask(bench, issuer, serialNumber)).outcome).toBe('SUCCESS');
    return asked;
  };

  it('is the former CA’s for a certificate of the former CA', async () => {
    expect(await crlOf(formerCa.subject.der, fromHex('41AA'))).toEqual([former.issuerId]);
  });

  it('is the former CA’s for its own serial number', async () => {
    expect(await crlOf(formerCa.subject.der, fromHex(formerCa.serialNumber))).toEqual([former.issuerId]);
  });

  it('has the name that this case is about', () => {
    const same = Buffer.from(formerCa.subject.der).equals(Buffer.from(bench.ca.ca.subjectDer));
    expect(same).toBe(name === PRESENT);
  });

  it('is the present CA’s for its certificates, and for serial numbers that nobody has', async () => {
    const { subjectDer } = bench.ca.ca;
    expect(await crlOf(subjectDer, issued.serialNumber)).toEqual([record?.issuerId]);
    expect(await crlOf(subjectDer, 4711)).toEqual([record?.issuerId]);
    expect(record?.issuerId).not.toBe(former.issuerId);
  });
});
