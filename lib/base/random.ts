/** @module Randomness is handed in. */
import { randomBytes } from 'node:crypto';

/** Returns `length` bytes from a cryptographically secure source. */
export type RandomBytes = (length: number) => Uint8Array;

/** Asked anew each time: octets that lie ready are keys that somebody could find before they are used. */
export const systemRandom: RandomBytes = (length) => randomBytes(length);
