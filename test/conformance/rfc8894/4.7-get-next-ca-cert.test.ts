/** GetNextCACert: the next CA, signed by what clients trust now; nothing while there is none (section 4.7). */
import { expect, it } from 'vitest';
import { certificatesIn, cmsVerify } from '../../support/openssl-cms.js';
import { createBench } from '../../support/scep-bench.js';

const ask = () => new Request('http://skep.test/?operation=GetNextCACert&message=x');

it('is 404 while there is no next CA', async () => {
  const bench = await createBench();
  expect((await bench.handle('static', '', ask())).status).toBe(404);
});

it.each(['b', 'c'] as const)('is a signed bundle once there is one: keys %s', async (keys) => {
  const bench = await createBench({
    keys,
    authority: (own) => ({ ...own, next: [own.issuer.certificate] }),
  });
  const response = await bench.handle('static', '', ask());
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-x509-next-ca-cert');
  const body = new Uint8Array(await response.arrayBuffer());
  const bundle = cmsVerify(body, bench.ca.ca.der);
  expect(certificatesIn(bundle).map((subject) => subject.split('CN = ')[1])).toEqual(['Mini SCEP CA']);
});
