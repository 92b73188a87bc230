/** @module What DPAPI does for Windows: bytes that only this device can read, here by AES-256-GCM under a key of its own. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concat } from '../../../lib/base/bytes.js';
import { systemRandom, type RandomBytes } from '../../../lib/base/random.js';

export interface Protection {
  /** Nonce, ciphertext, tag. The plaintext is UTF-16LE with two zero bytes at its end, as Windows stores strings. */
  protect(text: string): Uint8Array;
  /** @returns undefined for what another device protected, or what was changed. */
  unprotect(blob: Uint8Array): string | undefined;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TERMINATOR_BYTES = 2;

export function createProtection(random: RandomBytes = systemRandom): Protection {
  const key = random(32);
  return {
    protect(text) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const plaintext = Buffer.from(`${text}\0`, 'utf16le');
      return concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    unprotect(blob) {
      try {
        const decipher = createDecipheriv(ALGORITHM, key, blob.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAuthTag(blob.subarray(-TAG_BYTES));
        const body = blob.subarray(NONCE_BYTES, -TAG_BYTES);
        const plaintext = Buffer.concat([decipher.update(body), decipher.final()]);
        return plaintext.subarray(0, -TERMINATOR_BYTES).toString('utf16le');
      } catch {
        return undefined;
      }
    },
  };
}
