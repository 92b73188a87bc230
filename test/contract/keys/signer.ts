/** What every Signer does. Run it over each implementation. */
import { constants, createPublicKey, verify, type VerifyKeyObjectInput } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SignatureAlgorithm, Signer } from '../../../lib/keys/signer.js';

/** How node:crypto, which has no part in making them, checks each kind of signature. */
const CHECKS: Record<
  SignatureAlgorithm,
  readonly [hash: string, options: Omit<VerifyKeyObjectInput, 'key'>]
> = {
  RS1: ['sha1', { padding: constants.RSA_PKCS1_PADDING }],
  RS256: ['sha256', { padding: constants.RSA_PKCS1_PADDING }],
  RS384: ['sha384', { padding: constants.RSA_PKCS1_PADDING }],
  RS512: ['sha512', { padding: constants.RSA_PKCS1_PADDING }],
  PS256: ['sha256', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
  ES256: ['sha256', { dsaEncoding: 'der' }],
  ES384: ['sha384', { dsaEncoding: 'der' }],
};

const ALL = Object.keys(CHECKS) as SignatureAlgorithm[];

/**
 * @param open gives the signer; called once per test.
 * @param expected what it must offer, the preferred algorithm first.
 */
export function signerContract(
  name: string,
  open: () => Promise<Signer>,
  expected: readonly SignatureAlgorithm[],
): void {
  describe(`signer: ${name}`, () => {
    const data = Buffer.from('to be signed: a few octets, not a digest');

    it('offers its algorithms, the preferred one first', async () => {
      expect((await open()).algorithms).toEqual(expected);
    });

    it('shows a public key that others can import', async () => {
      const { publicKey } = await open();
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      expect(['rsa', 'ec']).toContain(key.asymmetricKeyType);
    });

    it.each(expected)('signs with %s what node:crypto verifies', async (algorithm) => {
      const signer = await open();
      const key = createPublicKey({ key: Buffer.from(signer.publicKey), format: 'der', type: 'spki' });
      const [hash, options] = CHECKS[algorithm];
      // ECDSA integers lose leading zeros in DER: often enough to see one that is shorter.
      for (let i = 0; i < (algorithm.startsWith('ES') ? 40 : 2); i++) {
        const message = Buffer.concat([data, Uint8Array.of(i)]);
        const signature = await signer.sign(message, algorithm);
        expect(verify(hash, message, { key, ...options }, signature)).toBe(true);
        expect(verify(hash, data, { key, ...options }, signature)).toBe(false);
      }
    });

    it.each(ALL.filter((algorithm) => !expected.includes(algorithm)))('refuses %s', async (algorithm) => {
      const signer = await open();
      await expect(signer.sign(data, algorithm)).rejects.toMatchObject({ code: 'ERR_SIGNER_REFUSED' });
    });

    it('keeps simultaneous signatures apart', async () => {
      const signer = await open();
      const key = createPublicKey({ key: Buffer.from(signer.publicKey), format: 'der', type: 'spki' });
      const [algorithm] = signer.algorithms;
      const [hash, options] = CHECKS[algorithm];
      const messages = Array.from({ length: 8 }, (_, i) => Buffer.from(`message ${i}`));
      const signatures = await Promise.all(messages.map((message) => signer.sign(message, algorithm)));
      signatures.forEach((signature, i) => {
        expect(verify(hash, messages[i] ?? data, { key, ...options }, signature)).toBe(true);
      });
    });
  });
}
