/** Signers with RSA keys that nothing, or hardly anything, can be encrypted to: refused, not run into. */
import { createPrivateKey, generatePrimeSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
import { createBench, selfSigned } from '../../support/scep-bench.js';

const EXPONENT = 65_537n;

/** A toy: no library makes it any more. */
function toyKey(bits: number): KeyObject {
  for (;;) {
    const p = generatePrimeSync(bits / 2, { bigint: true });
    const q = generatePrimeSync(bits / 2, { bigint: true });
    const phi = (p - 1n) * (q - 1n);
    if (p === q || phi % EXPONENT === 0n || (p * q).toString(2).length !== bits) continue;
    const d = inverse(EXPONENT, phi);
    const fields = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
    const jwk = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, base64url(value)]));
    return createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
  }
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

const base64url = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url');
};

it.each([336, 512, 768])('RSA-%i', async (bits) => {
  const bench = await createBench();
  // SHA-1 with PSS is what fits into the smallest.
  const scheme = { digest: 'sha1', padding: 'pss' } as const;
  const signer = selfSigned(toyKey(bits), { scheme });
  const { outcome } = await bench.ask(bench.build({ signer, ...scheme, cipher: 'aes256' }));
  expect(outcome).toBe('FAILURE badAlg');
  expect(bench.store.records.size).toBe(0);
});
