/** @module Whether a certificate is still good: OCSP, CRLs, and the CA certificate that they are checked with. */
import { app } from '@azure/functions';
import { createCaCertificateHandler } from '../lib/http/ca-certificate.js';
import { createCrlHandler } from '../lib/http/crl.js';
import { createOcspHandler } from '../lib/http/ocsp.js';
import { bindHttp } from './runtime.js';

app.http('ocsp', {
  route: 'ocsp/{*request}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: bindHttp(({ ocsp, clock }) => createOcspHandler(ocsp, clock)),
});

app.http('crl', {
  route: 'crl/{*name}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: bindHttp(({ crl, clock }) => createCrlHandler(crl, clock)),
});

app.http('ca-certificate', {
  route: 'ca/{*name}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: bindHttp(({ authority }) => createCaCertificateHandler(authority)),
});
