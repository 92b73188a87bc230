/** @module A modulus modulo every odd prime up to 751: one long division, then numbers of machine size. */

const LIMIT = 751;

/** Odd primes up to 751. */
export const SMALL_PRIMES: readonly number[] = sieve();

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

/** Eratosthenes: to try every divisor takes a start two milliseconds. */
function sieve(): number[] {
  const primes: number[] = [];
  const composite = new Set<number>();
  for (let candidate = 3; candidate <= LIMIT; candidate += 2) {
    if (composite.has(candidate)) continue;
    primes.push(candidate);
    for (let multiple = candidate ** 2; multiple <= LIMIT; multiple += 2 * candidate) composite.add(multiple);
  }
  return primes;
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
