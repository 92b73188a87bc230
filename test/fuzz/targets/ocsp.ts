/** @module OCSP requests: read, and answered by the responder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { silentLogger } from '../../../lib/base/log.js';
import { systemRandom } from '../../../lib/base/random.js';
import { parseOcspRequest } from '../../../lib/pki/ocsp-request.js';
import { createOcspResponder } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { CAPTURE_CLOCK, vectorAuthority, VECTORS } from '../../support/vectors.js';
import { readOcspWithPkijs } from '../readers.js';
import { assertHolds, type Target } from '../target.js';
import { judge } from '../verdict.js';

const issuer = new X509Certificate(readFileSync(join(VECTORS, 'keys', 'c-ca-cert.pem'))).raw;
const clock = CAPTURE_CLOCK;
const responder = createOcspResponder({
  authority: vectorAuthority('c'),
  certificates: createMemoryStore(),
  responderKeys: createResponderKeys({ clock, random: systemRandom, logger: silentLogger }),
  clock,
  logger: silentLogger,
});

const certId = (serial: string, hash: 'sha1' | 'sha256' = 'sha1') => encodeCertId(issuer, serial, hash);

export const ocsp: Target = {
  name: 'ocsp',
  about: 'OCSP requests, up to the signed answer',
  grammar: 'der',
  seeds: () => [
    encodeOcspRequest([certId('01')]),
    encodeOcspRequest([certId('7F00112233445566778899AABBCCDDEEFF001122', 'sha256')]),
    encodeOcspRequest([certId('02')], Buffer.from('0410000102030405060708090a0b0c0d0e0f', 'hex')),
    encodeOcspRequest([certId('02'), certId('03', 'sha256')], Buffer.alloc(8, 7)),
    encodeOcspRequest(Array.from({ length: 32 }, () => certId('05'))),
  ],
  async run(input) {
    const verdict = judge(() => parseOcspRequest(input), ['ERR_DER']);
    const { status, der } = await responder.respond(input);
    assertHolds(der.length > 0, 'there is always an answer');
    if (verdict.accepted)
      assertHolds(status === 'successful' || status === 'unauthorized', `a good request: ${status}`);
    else assertHolds(status === 'malformedRequest', `a bad request: ${status}`);
    return verdict;
  },
  references: [{ name: 'pkijs', every: 20, read: readOcspWithPkijs }],
  program: { args: ['ocsp', '-req_text', '-noverify', '-reqin'] },
};
