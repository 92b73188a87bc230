/** @module Which public keys get a certificate: one table of rules, cheap ones first. */
import type { PublicKeyInfo } from '../../pki/public-key.js';
import type { IssuanceProfile } from '../profile.js';
import { assertRsa } from './algorithm.js';
import { refuseClosePrimes } from './close-primes.js';
import { assertExponent } from './exponent.js';
import { refuseInfineonKey } from './infineon.js';
import { createRsaKey, type KeyRule } from './rsa-key.js';
import { assertSize } from './size.js';
import { refuseSmallFactors } from './small-factors.js';

const RULES: readonly KeyRule[] = [
  assertSize,
  assertExponent,
  refuseSmallFactors,
  refuseInfineonKey,
  refuseClosePrimes,
];

const accepted = new WeakMap<PublicKeyInfo, IssuanceProfile['rsaBits']>();

/**
 * Refuses keys that a certificate would be wasted on. Pure, about 25 µs for RSA-2048; worth asking before Intune is; a key
 * that was accepted is not looked at again when the certificate is shaped.
 *
 * The keys that Debian's OpenSSL made from 2006 to 2008 are not looked for: their lists take megabytes, and a device
 * that makes a key for Intune today does not run that library.
 * @throws {SkepError} `ERR_KEY_ALGORITHM`, `ERR_KEY_SIZE`, `ERR_KEY_WEAK`
 */
export function assertKey(key: PublicKeyInfo, profile: Pick<IssuanceProfile, 'rsaBits'>): void {
  if (accepted.get(key) === profile.rsaBits) return;
  const rsa = createRsaKey(assertRsa(key));
  for (const rule of RULES) rule(rsa, profile);
  accepted.set(key, profile.rsaBits);
}
