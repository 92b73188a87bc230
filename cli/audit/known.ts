/** @module What people signed with the CA key: the hash of the signed part of a certificate, a request or a CRL. */
import { hash } from 'node:crypto';
import { children, readWhole, TAG } from '../../lib/pki/der.js';
import { usageError } from '../terminal.js';

/**
 * @param bytes DER, or PEM with any number of blocks.
 * @returns SHA-256 of the first element of each, upper-case hex.
 * @throws {CliError} with exit code 2
 */
export function hashSignedParts(bytes: Uint8Array, what: string): readonly string[] {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = [...text.matchAll(/-----BEGIN [^-]+-----([^-]+)-----END/g)].map(([, body = '']) =>
    Buffer.from(body, 'base64'),
  );
  try {
    return (blocks.length > 0 ? blocks : [bytes]).map((der) => {
      const [signed] = children(readWhole(der, TAG.sequence));
      if (!signed) throw new RangeError('empty');
      return hash('sha256', signed.bytes).toUpperCase();
    });
  } catch {
    throw usageError(
      `${what} is neither DER nor PEM of something signed.`,
      'Look at it with `skep inspect`.',
    );
  }
}
