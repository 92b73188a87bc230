/**
 * @module Moduli whose primes lie so close together that Fermat's method factors them (CVE-2022-26320; CA/Browser
 * Forum BR section 6.1.1.3 asks for 100 rounds).
 */
import { SkepError } from '../../base/errors.js';
import type { KeyRule } from './rsa-key.js';

const ROUNDS = 100;

interface Sieve {
  readonly modulus: number;
  readonly isSquare: readonly boolean[];
}

/** Squares leave few of the remainders modulo these, so that a root is taken of hardly any candidate. */
const SIEVES: readonly Sieve[] = [64, 63, 65, 11, 17, 19, 23, 31].map((modulus) => {
  const squares = new Set(Array.from({ length: modulus }, (_, root) => (root * root) % modulus));
  return { modulus, isSquare: Array.from({ length: modulus }, (_, remainder) => squares.has(remainder)) };
});

/** Exact as a number, so that one long division serves all sieves. */
const ALL_MODULI = BigInt(SIEVES.reduce((product, { modulus }) => product * modulus, 1));

export const refuseClosePrimes: KeyRule = ({ n }) => {
  const floor = squareRoot(n);
  const first = floor * floor === n ? floor : floor + 1n;
  const [firstRest, nRest] = [Number(first % ALL_MODULI), Number(n % ALL_MODULI)];
  const firsts = SIEVES.map(({ modulus }) => firstRest % modulus);
  const rests = SIEVES.map(({ modulus }) => nRest % modulus);
  for (let round = 0; round < ROUNDS; round++) {
    if (!mayBeSquare(firsts, round, rests)) continue;
    const candidate = (first + BigInt(round)) ** 2n - n;
    if (squareRoot(candidate) ** 2n === candidate)
      throw new SkepError('ERR_KEY_WEAK', { detail: 'close primes' });
  }
};

/**
 * Whether no sieve speaks against (first + round)² - n, by the remainders of first and n. It is asked a hundred times for
 * each key, so it is a loop and makes nothing.
 */
function mayBeSquare(firsts: readonly number[], round: number, rests: readonly number[]): boolean {
  for (let i = 0; i < SIEVES.length; i++) {
    const { modulus, isSquare } = SIEVES[i] as Sieve;
    const a = (firsts[i] ?? 0) + round;
    // Positive, since a remainder times itself plus the modulus is more than any remainder.
    if (!isSquare[(a * a + modulus - (rests[i] ?? 0)) % modulus]) return false;
  }
  return true;
}

/** The root of a longer number is guessed from its upper half; that of a shorter one is exact to the unit as a number. */
const SHORT_BITS = 100;

/** Integer square root, rounded down: each step of Newton's method doubles how many digits of the guess are right. */
function squareRoot(value: bigint): bigint {
  if (value === 0n) return value;
  const bits = value.toString(16).length * 4;
  const quarter = BigInt(bits >> 2);
  const guess =
    bits <= SHORT_BITS
      ? BigInt(Math.ceil(Math.sqrt(Number(value))))
      : squareRoot(value >> (2n * quarter)) << quarter;
  // Never less than the root (the arithmetic mean is at least the geometric one), and hardly more.
  let root = (guess + value / guess) >> 1n;
  while (root * root > value) root--;
  return root;
}
