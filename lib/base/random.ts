/** @module Randomness is handed in. */
import { randomBytes } from 'node:crypto';

/** Returns `length` bytes from a cryptographically secure source. */
export type RandomBytes = (length: number) => Uint8Array;

/** One call of the system's generator serves many requests: the call costs more than the octets. */
const POOL_LENGTH = 4096;
let pool = new Uint8Array();

/** The system's generator. No octet is handed out twice. */
export const systemRandom: RandomBytes = (length) => {
  if (length > pool.length) pool = randomBytes(Math.max(length, POOL_LENGTH));
  const taken = pool.subarray(0, length);
  pool = pool.subarray(length);
  return taken;
};
