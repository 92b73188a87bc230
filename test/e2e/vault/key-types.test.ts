/** Every kind of CA key in the vault: what it signs, openssl believes. Certificates, CRLs and OCSP answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceptChain, replaceCa } from '../../../lib/keys/ca-life.js';
import { signCaRequest } from '../../../lib/keys/certificates.js';
import { parseCertificateFile, type CertificateChain } from '../../../lib/keys/pem.js';
import { createVaultWorld, enrollAs, type VaultWorld } from '../../support/vault-service.js';
import type { CreateKeyOptions } from '../../../dev/vault/keys.js';
import { silentLogger } from '../../../lib/base/log.js';
import { systemClock } from '../../../lib/base/clock.js';
import { systemRandom } from '../../../lib/base/random.js';
import { createCrlPublisher } from '../../../lib/revocation/crl-publisher.js';
import { createOcspResponder } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { openssl, pem, temporaryFolder } from '../../support/openssl.js';
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
      const world = await createVaultWorld(key, systemClock);
      try {
        await expectVerified(world, name, algorithm);
      } finally {
        await world.vault.close();
      }
    },
  );

  it('of a subordinate CA names itself as its root named it', async () => {
    const world = await createVaultWorld({ kty: 'EC-HSM' }, systemClock);
    try {
      const key = await world.openKey();
      const { signer } = key;
      const request = await signCaRequest({ subject: 'CN=Sub CA', signer, mode: 'ra' });
      const chain = signByRoot(request);
      world.set = replaceCa(acceptChain(chain, { key, mode: 'ra', now: systemClock.now() }).record);
      await expectVerified(world, 'subordinate', 'ecdsa-with-SHA256');
    } finally {
      await world.vault.close();
    }
  });
});

async function expectVerified(world: VaultWorld, name: string, algorithm: string): Promise<void> {
  const { clock } = world;
  const instance = world.start();
  const { issuer, chain } = await instance.source();
  const leaf = await enrollAs(instance.connect(), name);
  const revoked = await enrollAs(instance.connect(), `${name}-revoked`);
  const record = await world.store.get(revoked.serialHex.toUpperCase());
  if (!record) throw new Error('the certificate has no record');
  await world.store.revoke(record, { at: clock.now(), reason: 'keyCompromise', by: 'person:test' });

  const files = writeFiles({ ca: issuer.certificate, leaf: leaf.der, revoked: revoked.der });
  const trust = files.write('trust.pem', [issuer.certificate, ...chain].map((der) => pem(der)).join(''));
  expect(openssl(['verify', '-x509_strict', '-CAfile', trust, files.leaf])).toContain('OK');
  const text = openssl(['x509', '-in', files.leaf, '-noout', '-text']);
  expect(text).toContain(`Signature Algorithm: ${algorithm}`);

  const crl = createCrlPublisher({
    authority: instance.source,
    revoked: world.store,
    publications: createTestPublications(clock),
    clock,
    logger: silentLogger,
    publicUrl: 'http://skep.test',
  });
  const crlFile = files.write('crl.pem', pem(await crl.current(), 'X509 CRL'));
  const crlText = openssl(['crl', '-in', crlFile, '-CAfile', trust, '-noout', '-text']);
  expect(crlText).toContain('verify OK');
  expect(crlText).toContain(`Signature Algorithm: ${algorithm}`);
  const check = ['verify', '-crl_check', '-CAfile', trust, '-CRLfile', crlFile];
  expect(openssl([...check, files.leaf])).toContain('OK');
  expect(() => openssl([...check, files.revoked])).toThrow('certificate revoked');

  const ocsp = createOcspResponder({
    authority: instance.source,
    certificates: world.store,
    responderKeys: createResponderKeys({ clock, random: systemRandom, logger: silentLogger }),
    clock,
    logger: silentLogger,
  });
  const ask = async (serial: string, file: string): Promise<string> => {
    const { der } = await ocsp.respond(encodeOcspRequest([encodeCertId(issuer.certificate, serial)]));
    const answer = files.write('answer.der', der);
    const asked = ['-issuer', files.ca, '-cert', file, '-no_nonce'];
    return openssl(['ocsp', '-respin', answer, '-CAfile', trust, ...asked]);
  };
  const good = await ask(leaf.serialHex, files.leaf);
  expect(good).toContain('Response verify OK');
  expect(good).toContain(': good');
  expect(await ask(revoked.serialHex, files.revoked)).toContain(': revoked');
}

/** A root that chooses key identifiers of its own, as RFC 5280 section 4.2.1.2 allows. */
function signByRoot(request: Uint8Array): CertificateChain {
  const folder = temporaryFolder();
  const [key, root, csr, out, config] = ['root.key', 'root.pem', 'csr.der', 'sub.pem', 'ext.cnf'].map(
    (name) => join(folder, name),
  ) as [string, string, string, string, string];
  writeFileSync(csr, request);
  writeFileSync(
    config,
    'basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n' +
      'subjectKeyIdentifier=0102030405060708\nauthorityKeyIdentifier=keyid\n',
  );
  const subject = ['-subj', '/CN=Root', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', root, ...subject]);
  const signing = ['-CA', root, '-CAkey', key, '-CAcreateserial', '-extfile', config, '-out', out];
  openssl(['x509', '-req', '-inform', 'DER', '-in', csr, ...signing]);
  return parseCertificateFile(Buffer.concat([readFileSync(out), readFileSync(root)]), 'chain');
}

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
