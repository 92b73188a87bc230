/** @module Chance that can be repeated: the same seed throws the same dice. */
import type { RandomBytes } from '../../lib/base/random.js';

export interface Dice {
  /** 0 to 1, exclusive. */
  share(): number;
  /** A whole number from 0 to `below`, exclusive. */
  integer(below: number): number;
  readonly bytes: RandomBytes;
}

/** Mulberry32: good enough for days and hours, and for nothing that is secret. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number): number => Math.floor(share() * below);
  return { share, integer, bytes: (length) => Uint8Array.from({ length }, () => integer(256)) };
}
