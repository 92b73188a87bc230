/** Every request of a real client among the vectors is read, verified and shaped; openssl agrees with what comes out. */
import { X509Certificate, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { viewAuthority } from '../../../lib/enrollment/authority-view.js';
import { createProfile } from '../../../lib/issuance/profile.js';
import { assembleCertificate } from '../../../lib/issuance/seal.js';
import { createShaper } from '../../../lib/issuance/shape.js';
import { verifyCertificationRequest, type CertificationRequest } from '../../../lib/pki/csr.js';
import { openRequest } from '../../../lib/scep/open-request.js';
import { readPkiMessage, verifyPkiMessage } from '../../../lib/scep/pki-message.js';
import { openssl } from '../../support/openssl.js';
import { CAPTURE_CLOCK, readCaptures, readSynthetic, vectorAuthority } from '../../support/vectors.js';

const MESSAGES = [
  ...readCaptures('b-rsa-ca').map((vector) => ({ ...vector, folder: 'b' as const })),
  ...readCaptures('c-ec-ca-rsa-ra').map((vector) => ({ ...vector, folder: 'c' as const })),
  ...readSynthetic()
    .filter(({ name }) => name.startsWith('ok-'))
    .map((vector) => ({ ...vector, folder: 'b' as const })),
];

const authorities = {
  b: viewAuthority(await vectorAuthority('b')()),
  c: viewAuthority(await vectorAuthority('c')()),
};
const profile = createProfile({ name: 'captured' });
const policy = { legacy: true };

async function openCsr(folder: 'b' | 'c', message: Uint8Array): Promise<CertificationRequest | undefined> {
  const verified = verifyPkiMessage(readPkiMessage(message), policy);
  const { request } = await openRequest(verified, authorities[folder].recipients, policy);
  return 'csr' in request ? request.csr : undefined;
}

/** What openssl reads as subject and key; its commands print the two in different order. */
function nameAndKey(command: 'x509' | 'req', der: Uint8Array): string[] {
  const options = ['-inform', 'DER', '-noout', '-nameopt', 'RFC2253', '-subject', '-pubkey'];
  return openssl([command, ...options], der)
    .split('\n')
    .sort();
}

describe('requests of real clients', () => {
  it.each(MESSAGES)('$folder $name', async ({ folder, message }) => {
    const csr = await openCsr(folder, message);
    if (!csr) return;
    verifyCertificationRequest(csr, policy);
    const { issuer } = authorities[folder];
    const { tbs } = createShaper(
      profile,
      issuer,
    )({ csr, now: CAPTURE_CLOCK.now(), random: randomBytes, shard: '0' });
    const der = assembleCertificate(tbs, issuer, await issuer.signer.sign(tbs, issuer.algorithm));
    expect(nameAndKey('x509', der)).toEqual(nameAndKey('req', csr.der));
    expect(new X509Certificate(der).verify(new X509Certificate(issuer.certificate.der).publicKey)).toBe(true);
  });

  it('are among the messages', async () => {
    const requests = await Promise.all(MESSAGES.map(({ folder, message }) => openCsr(folder, message)));
    const found = requests.filter((csr) => csr !== undefined);
    expect(found.length).toBeGreaterThan(30);
    expect(found.some(({ challenge }) => challenge === 'secret123')).toBe(true);
    expect(found.some(({ extensions }) => extensions.length > 0)).toBe(true);
  });
});
