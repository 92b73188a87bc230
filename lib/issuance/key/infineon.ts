/**
 * @module Keys of Infineon's library (ROCA, CVE-2017-15361): TPMs and smart cards made them, and they can be factored.
 *
 * Its primes are powers of 65537 modulo a product of small primes, and so is their product. A modulus that lies in the
 * subgroup that 65537 makes, for each of these primes, is one of theirs; any other does so once in 2^28.
 */
import { SkepError } from '../../base/errors.js';
import { SMALL_PRIMES } from './residues.js';
import type { KeyRule } from './rsa-key.js';

/** The primes below 168 that tell the most: 65537 does not generate the whole group. */
const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157] as const;

/** Each with its place among the residues. */
const SUBGROUPS: readonly (readonly [number, ReadonlySet<number>])[] = PRIMES.map((prime) => {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power);
  return [SMALL_PRIMES.indexOf(prime), powers];
});

export const refuseInfineonKey: KeyRule = ({ residues }) => {
  const found = residues();
  if (SUBGROUPS.every(([place, powers]) => powers.has(found[place] ?? 0))) {
    throw new SkepError('ERR_KEY_WEAK', { detail: 'ROCA' });
  }
};
