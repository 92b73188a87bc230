/** @module Values of options. */
import { InvalidArgumentError } from 'commander';

/** @throws {InvalidArgumentError} */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}
