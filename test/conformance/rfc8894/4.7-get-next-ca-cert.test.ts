/** GetNextCACert: the next CA, signed by the current CA's key, and beside it by the RA's; nothing while there is none (section 4.7). */
import { expect, it } from 'vitest';
import { readSignedData } from '../../../dev/scep-client/index.js';
import type { Authority } from '../../../lib/keys/authority.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { certificatesIn, cmsVerify } from '../../support/openssl-cms.js';
import { createBench, type Bench } from '../../support/scep-bench.js';

const ask = ({ handle }: Bench) =>
  handle('static', '', new Request('http://skep.test/?operation=GetNextCACert&message=x'));

const announced = (own: Authority): Authority => ({ ...own, next: [own.issuer.certificate] });

it('is 404 while there is no next CA', async () => {
  expect((await ask(await createBench())).status).toBe(404);
});

it.each([
  ['b', 'one RSA CA that answers by itself', ['ca']],
  ['c', 'an EC CA with an RSA RA', ['ca', 'ra']],
] as const)('is a signed bundle once there is one: keys %s, %s', async (keys, _case, signedBy) => {
  const bench = await createBench({ keys, authority: announced });
  const response = await ask(bench);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-x509-next-ca-cert');
  const body = new Uint8Array(await response.arrayBuffer());
  // openssl verifies the signature of everybody who signed.
  const bundle = cmsVerify(body, bench.ca.ca.der);
  expect(certificatesIn(bundle).map((subject) => subject.split('CN = ')[1])).toEqual(['Mini SCEP CA']);

  const { issuer, recipients } = await bench.parts.authority();
  const serials = {
    ca: parseCertificate(issuer.certificate).serialNumber,
    ra: parseCertificate(recipients[0].certificate).serialNumber,
  };
  const signed = readSignedData(body);
  const signers = signed.signers.map(({ sid }) => Buffer.from(sid).toString('hex').toUpperCase());
  expect(signers).toHaveLength(signedBy.length);
  signedBy.forEach((name, i) => {
    expect(signers[i]?.endsWith(serials[name])).toBe(true);
  });
  expect(signed.certificates).toHaveLength(signedBy.length);
});
