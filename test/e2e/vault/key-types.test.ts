/** Every kind of CA key in the vault: what it signs, openssl believes. Certificates, CRLs and OCSP answers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVaultWorld, enrollAs } from '../../support/vault-service.js';
import type { CreateKeyOptions } from '../../../dev/vault/keys.js';
import { silentLogger } from '../../../lib/base/log.js';
import { systemClock } from '../../../lib/base/clock.js';
import { systemRandom } from '../../../lib/base/random.js';
import { createCrlPublisher } from '../../../lib/revocation/crl-publisher.js';
import { createOcspResponder } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { openssl, opensslVerify, pem, temporaryFolder } from '../../support/openssl.js';
import { createTestPublications } from '../../unit/revocation/fixtures.js';

const KEYS = [
  { name: 'RSA-2048', key: { kty: 'RSA-HSM', size: 2048 }, algorithm: 'sha256WithRSAEncryption' },
  { name: 'RSA-3072', key: { kty: 'RSA-HSM', size: 3072 }, algorithm: 'sha256WithRSAEncryption' },
  { name: 'RSA-4096', key: { kty: 'RSA', size: 4096 }, algorithm: 'sha256WithRSAEncryption' },
  { name: 'EC-P256', key: { kty: 'EC-HSM', size: 'P-256' }, algorithm: 'ecdsa-with-SHA256' },
  { name: 'EC-P384', key: { kty: 'EC', size: 'P-384' }, algorithm: 'ecdsa-with-SHA384' },
] as const satisfies readonly { name: string; key: CreateKeyOptions; algorithm: string }[];

describe('a CA key in the vault', () => {
  it.each(KEYS)(
    '$name signs leaf certificates, CRLs and OCSP answers that openssl verifies',
    async ({ name, key, algorithm }) => {
      const clock = systemClock;
      const world = await createVaultWorld(key, clock);
      try {
        const instance = world.start();
        const { issuer } = await instance.source();
        const leaf = await enrollAs(instance.connect(), name);
        const revoked = await enrollAs(instance.connect(), `${name}-revoked`);
        const record = await world.store.get(revoked.serialHex.toUpperCase());
        if (!record) throw new Error('the certificate has no record');
        await world.store.revoke(record, { at: clock.now(), reason: 'keyCompromise', by: 'person:test' });

        expect(opensslVerify(leaf.der, issuer.certificate)).toContain('OK');
        expect(openssl(['x509', '-inform', 'DER', '-noout', '-text'], leaf.der)).toContain(
          `Signature Algorithm: ${algorithm}`,
        );

        const files = writeFiles({ ca: issuer.certificate, leaf: leaf.der, revoked: revoked.der });
        const crl = createCrlPublisher({
          authority: instance.source,
          revoked: world.store,
          publications: createTestPublications(clock),
          clock,
          logger: silentLogger,
          publicUrl: 'http://skep.test',
        });
        const crlFile = files.write('crl.pem', pem(await crl.current(), 'X509 CRL'));
        expect(openssl(['crl', '-in', crlFile, '-CAfile', files.ca, '-noout', '-text'])).toContain(
          `Signature Algorithm: ${algorithm}`,
        );
        const check = ['verify', '-crl_check', '-CAfile', files.ca, '-CRLfile', crlFile];
        expect(openssl([...check, files.leaf])).toContain('OK');
        expect(() => openssl([...check, files.revoked])).toThrow('certificate revoked');

        const ocsp = createOcspResponder({
          authority: instance.source,
          certificates: world.store,
          responderKeys: createResponderKeys({ clock, random: systemRandom, logger: silentLogger }),
          clock,
          logger: silentLogger,
        });
        const ask = async (serial: string, file: string) => {
          const { der } = await ocsp.respond(encodeOcspRequest([encodeCertId(issuer.certificate, serial)]));
          const answer = files.write('answer.der', der);
          return openssl([
            'ocsp',
            '-respin',
            answer,
            '-issuer',
            files.ca,
            '-CAfile',
            files.ca,
            '-cert',
            file,
            '-no_nonce',
          ]);
        };
        const good = await ask(leaf.serialHex, files.leaf);
        expect(good).toContain('Response verify OK');
        expect(good).toContain(': good');
        expect(await ask(revoked.serialHex, files.revoked)).toContain(': revoked');
      } finally {
        await world.vault.close();
      }
    },
  );
});

function writeFiles(ders: {
  readonly ca: Uint8Array;
  readonly leaf: Uint8Array;
  readonly revoked: Uint8Array;
}) {
  const folder = temporaryFolder();
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return {
    write,
    ca: write('ca.pem', pem(ders.ca)),
    leaf: write('leaf.pem', pem(ders.leaf)),
    revoked: write('revoked.pem', pem(ders.revoked)),
  };
}
