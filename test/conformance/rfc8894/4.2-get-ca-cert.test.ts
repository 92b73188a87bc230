/** GetCACert: one certificate as it is, or RA and CA in a degenerate SignedData, RA first (section 4.2.1). */
import { expect, it } from 'vitest';
import { readSignedData } from '../../../dev/scep-client/index.js';
import { certificatesIn } from '../../support/openssl-cms.js';
import { certificateText } from '../../support/openssl.js';
import { createBench, type Bench } from '../../support/scep-bench.js';

async function getCaCert(bench: Bench, query = 'operation=GetCACert'): Promise<[string, Uint8Array]> {
  const response = await bench.handle('static', '', new Request(`http://skep.test/?${query}`));
  expect(response.status).toBe(200);
  const body = new Uint8Array(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(body.length));
  return [response.headers.get('content-type') ?? '', body];
}

it('CA mode: the certificate itself', async () => {
  const [type, body] = await getCaCert(await createBench({ keys: 'b' }));
  expect(type).toBe('application/x-x509-ca-cert');
  expect(certificateText(body)).toContain('CN = Mini SCEP CA');
});

it('RA mode: RA, then CA, nothing signed and no content', async () => {
  const [type, body] = await getCaCert(await createBench());
  expect(type).toBe('application/x-x509-ca-ra-cert');
  expect(certificatesIn(body).map((subject) => subject.split('CN = ')[1])).toEqual([
    'SCEP RA',
    'Mini SCEP CA',
  ]);
  const { content, signers, crls } = readSignedData(body);
  expect({ content, signers, crls }).toEqual({ content: undefined, signers: [], crls: [] });
});

it('the chain above the CA is added where it is wanted', async () => {
  const authority = (
    own: Parameters<NonNullable<Parameters<typeof createBench>[0]>['authority'] & object>[0],
  ) => ({
    ...own,
    chain: [own.issuer.certificate],
  });
  const [, short] = await getCaCert(await createBench({ authority }));
  expect(certificatesIn(short)).toHaveLength(2);
  const [, full] = await getCaCert(await createBench({ authority, handler: { chain: 'full' } }));
  expect(certificatesIn(full)).toHaveLength(3);
});

it.each(['message=0', 'message=1', 'message=default', 'message='])(
  'every index has the same answer: %s',
  async (message) => {
    const bench = await createBench();
    expect(await getCaCert(bench, `operation=GetCACert&${message}`)).toEqual(await getCaCert(bench));
  },
);
