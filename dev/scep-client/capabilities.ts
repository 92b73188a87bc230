/** @module GetCACaps: what the server says it can do, and what a client picks from it (RFC 8894 section 3.5). */
import type { CipherName, DigestName } from './algorithms.js';

/** The words as sent. Keywords count by exact case; unknown ones are kept and mean nothing. */
export type Capabilities = ReadonlySet<string>;

export const parseCapabilities = (text: string): Capabilities =>
  new Set(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );

/** `SCEPStandard` stands for AES, SHA-256 and POST. */
const has = (capabilities: Capabilities, word: string, standard: boolean): boolean =>
  capabilities.has(word) || (standard && capabilities.has('SCEPStandard'));

export const canPost = (capabilities: Capabilities): boolean => has(capabilities, 'POSTPKIOperation', true);

/** SHA-256 where offered, else the next best; SHA-1 where nothing is said. */
export function chooseDigest(capabilities: Capabilities): DigestName {
  if (has(capabilities, 'SHA-256', true)) return 'sha256';
  if (capabilities.has('SHA-512')) return 'sha512';
  if (capabilities.has('SHA-384')) return 'sha384';
  return 'sha1';
}

/** AES-128 where offered, else triple DES. */
export const chooseCipher = (capabilities: Capabilities): CipherName =>
  has(capabilities, 'AES', true) ? 'aes128' : 'des3';
