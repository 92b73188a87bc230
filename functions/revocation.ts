/** @module Whether a certificate is still good: OCSP, CRLs, and the CA certificate that they are checked with. */
import { app } from '@azure/functions';
import { bindHttp, READ } from './runtime.js';

/** Certificates name these with http://, since a client cannot check a server's certificate by way of that server. */
const PLAIN_HTTP = { plainHttp: true };

app.http('ocsp', {
  route: 'ocsp/{*request}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: bindHttp(async ({ revocation, clock }) => {
    const { createOcspHandler } = await import('../lib/http/ocsp.js');
    return createOcspHandler((await revocation()).ocsp, clock);
  }, PLAIN_HTTP),
});

app.http('crl', {
  route: 'crl/{*name}',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(async ({ revocation, clock }) => {
    const { createCrlHandler } = await import('../lib/http/crl.js');
    return createCrlHandler((await revocation()).crl, clock);
  }, PLAIN_HTTP),
});

app.http('ca-certificate', {
  route: 'ca/{*name}',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(async ({ authority }) => {
    const { createCaCertificateHandler } = await import('../lib/http/ca-certificate.js');
    return createCaCertificateHandler(authority);
  }, PLAIN_HTTP),
});
