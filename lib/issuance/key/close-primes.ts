/**
 * @module Moduli whose primes lie so close together that Fermat's method factors them (CVE-2022-26320; CA/Browser
 * Forum BR section 6.1.1.3 asks for 100 rounds).
 */
import { SkepError } from '../../base/errors.js';
import type { KeyRule } from './rsa-key.js';

const ROUNDS = 100;

/** Squares leave few of the remainders modulo these, so that a root is taken of hardly any candidate. */
const SIEVES: readonly { readonly modulus: number; readonly squares: ReadonlySet<number> }[] = [
  64, 63, 65, 11, 17, 19, 23, 31,
].map((modulus) => ({
  modulus,
  squares: new Set(Array.from({ length: modulus }, (_, root) => (root * root) % modulus)),
}));

export const refuseClosePrimes: KeyRule = ({ n }) => {
  const floor = squareRoot(n);
  const first = floor * floor === n ? floor : floor + 1n;
  const sieves = SIEVES.map(({ modulus, squares }) => ({
    modulus,
    squares,
    a: Number(first % BigInt(modulus)),
    n: Number(n % BigInt(modulus)),
  }));
  for (let round = 0; round < ROUNDS; round++) {
    // Modulo m, (first + round)² - n; positive, since a remainder times itself plus m is more than any remainder.
    const possible = sieves.every(({ modulus, squares, a, n: rest }) =>
      squares.has(((a + round) ** 2 + modulus - rest) % modulus),
    );
    if (!possible) continue;
    const candidate = (first + BigInt(round)) ** 2n - n;
    if (squareRoot(candidate) ** 2n === candidate)
      throw new SkepError('ERR_KEY_WEAK', { detail: 'close primes' });
  }
};

/** Integer square root, rounded down: Newton's method from the best guess that a number can make. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  const bits = value.toString(16).length * 4;
  const shift = BigInt(Math.max(0, (bits - 100) & ~1));
  let root = (BigInt(Math.ceil(Math.sqrt(Number(value >> shift)))) + 1n) << (shift / 2n);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
