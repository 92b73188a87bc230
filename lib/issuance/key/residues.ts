/** @module A modulus modulo every odd prime up to 751: one long division, then numbers of machine size. */

const LIMIT = 751;

/** Odd primes up to 751. */
export const SMALL_PRIMES: readonly number[] = Array.from({ length: LIMIT - 2 }, (_, i) => i + 3).filter(
  (candidate) => {
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
      if (candidate % divisor === 0) return false;
    }
    return true;
  },
);

/** The primes in groups whose products are exact as numbers. */
const GROUPS: readonly { readonly product: bigint; readonly primes: readonly number[] }[] = group();

const ALL = SMALL_PRIMES.reduce((product, prime) => product * BigInt(prime), 1n);

/** In the order of `SMALL_PRIMES`. */
export function residues(n: bigint): readonly number[] {
  const rest = n % ALL;
  const found: number[] = [];
  for (const { product, primes } of GROUPS) {
    const small = Number(rest % product);
    for (const prime of primes) found.push(small % prime);
  }
  return found;
}

function group(): { product: bigint; primes: number[] }[] {
  const groups: { product: bigint; primes: number[] }[] = [];
  let product = 1;
  let primes: number[] = [];
  for (const prime of SMALL_PRIMES) {
    if (product * prime > Number.MAX_SAFE_INTEGER) {
      groups.push({ product: BigInt(product), primes });
      product = 1;
      primes = [];
    }
    product *= prime;
    primes.push(prime);
  }
  groups.push({ product: BigInt(product), primes });
  return groups;
}
