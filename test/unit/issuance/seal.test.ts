import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../../lib/base/bytes.js';
import { assembleCertificate } from '../../../lib/issuance/seal.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { codeOf, detailOf } from '../../support/error-code.js';
import { ISSUER, shapeFrom, signByIssuer } from '../../support/issuance.js';
import { createTestAuthority } from '../../support/test-authority.js';

const { tbs } = shapeFrom();
const signature = await signByIssuer(tbs);

const flipped = (octets: Uint8Array, at: number): Uint8Array => {
  const copy = Uint8Array.from(octets);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

describe('assembleCertificate', () => {
  it('puts what was prepared under the signature', () => {
    const der = assembleCertificate(tbs, ISSUER, signature);
    expect(equalBytes(parseCertificate(der).tbs, tbs)).toBe(true);
    expect(new X509Certificate(der).verify(new X509Certificate(ISSUER.certificate.der).publicKey)).toBe(true);
  });

  it.each([
    ['a bit flipped', () => flipped(signature, 200)],
    ['its end missing', () => signature.subarray(0, 255)],
    ['nothing in it', () => new Uint8Array()],
  ])('refuses a signature with %s', (_, damaged) => {
    expect(codeOf(() => assembleCertificate(tbs, ISSUER, damaged()))).toBe('ERR_SIGNER_FAULT');
  });

  it('refuses a signature over something else', async () => {
    const other = await signByIssuer(shapeFrom().tbs);
    expect(codeOf(() => assembleCertificate(tbs, ISSUER, other))).toBe('ERR_SIGNER_FAULT');
  });

  it('refuses another key’s signature', async () => {
    const { authority } = await createTestAuthority('rsa', 'ca');
    const foreign = await authority.issuer.signer.sign(tbs, 'RS256');
    expect(codeOf(() => assembleCertificate(tbs, ISSUER, foreign))).toBe('ERR_SIGNER_FAULT');
  });

  it('refuses contents of another issuer, or for another algorithm', async () => {
    const { authority } = await createTestAuthority('rsa', 'ca', 'CN=Another CA');
    const other = {
      certificate: parseCertificate(authority.issuer.certificate),
      algorithm: 'RS256' as const,
    };
    expect(detailOf(() => assembleCertificate(tbs, other, signature))).toContain('issuer-name');
    const stronger = { ...ISSUER, algorithm: 'RS384' as const };
    expect(detailOf(() => assembleCertificate(tbs, stronger, signature))).toContain('signature-algorithm');
  });

  it('refuses contents that were damaged in the store, whoever signed them', async () => {
    const damaged = tbs.subarray(0, tbs.length - 1);
    const code = codeOf(() => assembleCertificate(damaged, ISSUER, signature));
    expect(code).toBe('ERR_LINT');
    const signed = await signByIssuer(damaged);
    expect(codeOf(() => assembleCertificate(damaged, ISSUER, signed))).toBe('ERR_LINT');
  });
});
