/** @module Randomness is handed in. */
import { randomBytes, randomFillSync } from 'node:crypto';

/** Returns `length` bytes from a cryptographically secure source. */
export type RandomBytes = (length: number) => Uint8Array;

/** A call of node:crypto takes much longer than its octets do. */
const POOL_OCTETS = 1024;

const pool = Buffer.alloc(POOL_OCTETS);
let taken = POOL_OCTETS;

/**
 * Short ones come from a pool. What lies ready in it is no better known than the state of the generator beside it, which
 * tells all that is still to come; what was given out is forgotten here.
 */
export const systemRandom: RandomBytes = (length) => {
  if (length > POOL_OCTETS / 8) return randomBytes(length);
  if (taken + length > POOL_OCTETS) {
    randomFillSync(pool);
    taken = 0;
  }
  const drawn = pool.subarray(taken, taken + length);
  taken += length;
  const given = Buffer.from(drawn);
  drawn.fill(0);
  return given;
};
