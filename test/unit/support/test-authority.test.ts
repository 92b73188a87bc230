import { constants, publicEncrypt, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueLeaf, testAuthority } from '../../support/test-authority.js';

describe.each(['rsa', 'ec'] as const)('a %s test authority', (kind) => {
  it('has a CA that node:crypto accepts, and issues under it', async () => {
    const { authority, caPem } = await testAuthority(kind);
    const ca = new X509Certificate(caPem);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    const leaf = new X509Certificate(await issueLeaf(authority.issuer, { serialNumber: '4F01' }));
    expect(leaf.serialNumber).toBe('4F01');
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
  });

  it('opens what is encrypted to its RA, and answers anything else with a key that nobody knows', async () => {
    const { authority } = await testAuthority(kind);
    const [ra] = authority.recipients;
    const key = new X509Certificate(ra.certificate).publicKey;
    const secret = Buffer.alloc(32, 7);
    const wrapped = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, secret);
    expect(await ra.decrypter.unwrap(wrapped, 'pkcs1', 32)).toEqual(secret);
    const oaep = publicEncrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      secret,
    );
    expect(await ra.decrypter.unwrap(oaep, 'oaep-sha256', 32)).toEqual(secret);
    const rejected = await ra.decrypter.unwrap(wrapped, 'oaep-sha1', 32);
    expect(rejected).toHaveLength(32);
    expect(rejected).not.toEqual(secret);
  });
});
