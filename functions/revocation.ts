/** @module Whether a certificate is still good: OCSP, CRLs, and the CA certificate that they are checked with. */
import { app } from '@azure/functions';
import { createCaCertificateHandler } from '../lib/http/ca-certificate.js';
import { createCrlHandler } from '../lib/http/crl.js';
import { createOcspHandler } from '../lib/http/ocsp.js';
import { bindHttp, READ } from './runtime.js';

/** Certificates name these with http://, since a client cannot check a server's certificate by way of that server. */
const PLAIN_HTTP = { plainHttp: true };

app.http('ocsp', {
  route: 'ocsp/{*request}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: bindHttp(({ ocsp, clock }) => createOcspHandler(ocsp, clock), PLAIN_HTTP),
});

app.http('crl', {
  route: 'crl/{*name}',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(({ crl, clock }) => createCrlHandler(crl, clock), PLAIN_HTTP),
});

app.http('ca-certificate', {
  route: 'ca/{*name}',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(({ authority }) => createCaCertificateHandler(authority), PLAIN_HTTP),
});
