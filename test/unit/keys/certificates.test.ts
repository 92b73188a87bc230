import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../lib/base/random.js';
import type { Issuer } from '../../../lib/keys/authority.js';
import {
  raCommonName,
  signCaCertificate,
  signCaRequest,
  signRaCertificate,
} from '../../../lib/keys/certificates.js';
import { createLocalSigner } from '../../../lib/keys/local-key.js';
import type { Signer } from '../../../lib/keys/signer.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { certificateText, openssl, opensslVerify, pem } from '../../support/openssl.js';
import { steppedClock } from './fixtures.js';

const rsa = createLocalSigner(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const p256 = createLocalSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const p384 = createLocalSigner(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);
const ra = createLocalSigner(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

const clock = steppedClock('2026-03-01T12:00:00Z');
const making = { clock, random: systemRandom };
const at = ['-attime', String(Date.parse('2026-03-02T00:00:00Z') / 1000)];

async function makeIssuer(signer: Signer, subject = 'CN=Test CA,O=Contoso\\, Ltd'): Promise<Issuer> {
  const certificate = await signCaCertificate({ subject, signer, mode: 'ra', ...making });
  return { certificate, signer, algorithm: signer.algorithms[0] };
}

describe.each([
  ['RSA', rsa],
  ['P-256', p256],
  ['P-384', p384],
])('a CA with a key of %s', (_, signer) => {
  it('is a root and issues an RA certificate, as openssl sees it', async () => {
    const issuer = await makeIssuer(signer);
    const certificate = await signRaCertificate({ issuer, publicKey: ra.publicKey, ...making });
    expect(opensslVerify(issuer.certificate, issuer.certificate, { extra: at })).toContain('OK');
    expect(opensslVerify(certificate, issuer.certificate, { extra: at })).toContain('OK');
  });
});

describe('the CA certificate', () => {
  it('carries what a CA of devices needs and no more', async () => {
    const { certificate } = await makeIssuer(rsa);
    const text = certificateText(certificate);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign\n/);
    expect(text).toContain('Subject: O = "Contoso, Ltd", CN = Test CA');
    expect(text).toContain('Not Before: Feb 28 12:00:00 2026 GMT');
    expect(text).toContain('Not After : Feb 27 12:00:00 2036 GMT');
    expect(text.match(/X509v3/g)).toHaveLength(4);
  });

  it('may encipher in CA mode', async () => {
    const made = await signCaCertificate({ subject: 'CN=C', signer: rsa, mode: 'ca', ...making });
    expect(certificateText(made)).toContain(
      'Digital Signature, Key Encipherment, Certificate Sign, CRL Sign',
    );
  });

  it('refuses a subject that is no name', async () => {
    await expect(
      signCaCertificate({ subject: 'Test CA', signer: rsa, mode: 'ra', ...making }),
    ).rejects.toMatchObject({ code: 'ERR_SUBJECT' });
  });

  it('has a positive serial number of twenty octets, whatever the random octets', async () => {
    for (const value of [0x00, 0xff]) {
      const random = () => new Uint8Array(20).fill(value);
      const made = await signCaCertificate({ subject: 'CN=C', signer: p256, mode: 'ra', clock, random });
      expect(parseCertificate(made).serialNumber).toMatch(/^[4-7][0-9A-F]{39}$/);
    }
  });
});

describe('the request for a subordinate CA', () => {
  it.each([rsa, p256, p384])('can be signed by an openssl root', async (signer) => {
    const request = await signCaRequest({ subject: 'CN=Sub CA', signer, mode: 'ca' });
    const text = openssl(['req', '-inform', 'DER', '-verify', '-noout', '-text'], request);
    expect(text).toContain('verify OK');
    expect(text).toContain('Subject: CN = Sub CA');
    expect(text).toContain('CA:TRUE, pathlen:0');
    expect(text).toContain('Digital Signature, Key Encipherment, Certificate Sign, CRL Sign');
  });
});

describe('the RA certificate', () => {
  it('carries what Windows and Apple look for', async () => {
    const issuer = await makeIssuer(p256);
    const certificate = await signRaCertificate({ issuer, publicKey: ra.publicKey, ...making });
    const text = certificateText(certificate);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment\n/);
    expect(text).toMatch(/Extended Key Usage: \s+1\.3\.6\.1\.4\.1\.311\.20\.2\.1\n/);
    expect(text).toContain('Subject: CN = Test CA RA');
    expect(text).toContain('Not After : Mar  1 12:00:00 2027 GMT');
    const skid = /Subject Key Identifier: \s+(\S+)/.exec(certificateText(issuer.certificate))?.[1];
    expect(skid).toHaveLength(59);
    expect(/Authority Key Identifier: \s+(\S+)/.exec(text)?.[1]).toBe(skid);
  });

  it('ends with its CA and does not begin before it', async () => {
    const certificate = await signCaCertificate({
      subject: 'CN=C',
      signer: p256,
      mode: 'ra',
      validityDays: 10,
      ...making,
    });
    const issuer = { certificate, signer: p256, algorithm: 'ES256' } as const;
    const made = parseCertificate(await signRaCertificate({ issuer, publicKey: ra.publicKey, ...making }));
    expect(made.notAfter).toEqual(parseCertificate(certificate).notAfter);
    expect(made.notBefore).toEqual(parseCertificate(certificate).notBefore);
  });

  it.each([
    ['x'.repeat(61), 'x'.repeat(61)],
    ['x'.repeat(64), 'x'.repeat(61)],
    ['🐝'.repeat(64), '🐝'.repeat(61)],
  ])('has no longer common name than a name may have: %s', async (name, kept) => {
    const issuer = await makeIssuer(p256, `CN=${name}`);
    const made = await signRaCertificate({ issuer, publicKey: ra.publicKey, ...making });
    expect(parseCertificate(made).subject.rdns).toEqual([[{ type: '2.5.4.3', value: `${kept} RA` }]]);
  });

  it('takes over a common name with characters that names escape', async () => {
    const issuer = await makeIssuer(p256, 'CN=A\\, B\\\\ C+D');
    expect(raCommonName(parseCertificate(issuer.certificate))).toBe('A, B\\ C+D RA');
    const made = await signRaCertificate({ issuer, publicKey: ra.publicKey, ...making });
    expect(parseCertificate(made).subject.rdns).toEqual([[{ type: '2.5.4.3', value: 'A, B\\ C+D RA' }]]);
    expect(openssl(['x509', '-noout', '-subject'], Buffer.from(pem(made)))).toContain('A, B');
  });
});
