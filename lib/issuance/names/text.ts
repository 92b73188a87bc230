/** @module Text that can deceive whoever reads it. */

/** Control characters, lone surrogates, line separators, and marks that turn the direction of what follows. */
const DECEPTIVE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

export function isDeceptive(text: string): boolean {
  return DECEPTIVE.test(text);
}
