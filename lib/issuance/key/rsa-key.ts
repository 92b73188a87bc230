/** @module An RSA key as the key rules look at it: numbers, computed once. */
import { toHex } from '../../base/bytes.js';
import type { IssuanceProfile } from '../profile.js';
import { residues } from './residues.js';

export interface RsaPublicKey {
  /** Unsigned big-endian octets without leading zeros. */
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

export interface RsaKey extends RsaPublicKey {
  readonly bits: number;
  readonly n: bigint;
  /** The modulus modulo each odd prime up to 751, in their order. */
  readonly residues: () => readonly number[];
}

/** @throws {SkepError} a code that says what is wrong with the key. */
export type KeyRule = (key: RsaKey, profile: Pick<IssuanceProfile, 'rsaBits'>) => void;

export function createRsaKey({ modulus, exponent }: RsaPublicKey): RsaKey {
  const n = BigInt(`0x${toHex(modulus)}`);
  let known: readonly number[] | undefined;
  return {
    modulus,
    exponent,
    bits: modulus.length * 8 - Math.clz32((modulus[0] ?? 0) << 24),
    n,
    residues: () => (known ??= residues(n)),
  };
}
