/** @module The certificate that a client makes for itself, to sign its first request and to receive the answer. */
import type { KeyObject } from 'node:crypto';
import { systemRandom, type RandomBytes } from '../../lib/base/random.js';
import { bitString, context, integer, sequence, time } from './ber-writer.js';
import { encodeExtensions, type Extension } from './extensions.js';
import { publicKeyDer } from './keys.js';
import { encodeName } from './names.js';
import { encodeSignatureAlgorithm, signBytes, type SignatureScheme } from './signatures.js';

export interface SelfSignedOptions {
  readonly key: KeyObject;
  /** RFC 4514 text, or a Name in DER. */
  readonly subject: string | Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Unsigned big-endian octets. Default: 16 random ones. */
  readonly serialNumber?: Uint8Array;
  /** None makes an X.509 v1 certificate. */
  readonly extensions?: readonly Extension[];
  /** Default SHA-256, PKCS#1 v1.5. */
  readonly scheme?: SignatureScheme;
  readonly random?: RandomBytes;
}

/** A self-signed certificate, DER. @throws {ScepClientError} `ERR_CLIENT_INPUT` for a bad subject. */
export function createSelfSignedCertificate(options: SelfSignedOptions): Uint8Array {
  const { key, extensions = [], scheme = { digest: 'sha256', padding: 'pkcs1' } } = options;
  const name = typeof options.subject === 'string' ? encodeName(options.subject) : options.subject;
  const algorithm = encodeSignatureAlgorithm(scheme);
  const tbs = sequence(
    extensions.length > 0 ? context(0, integer(2)) : new Uint8Array(),
    integer(options.serialNumber ?? (options.random ?? systemRandom)(16)),
    algorithm,
    name,
    sequence(time(options.notBefore), time(options.notAfter)),
    name,
    publicKeyDer(key),
    extensions.length > 0 ? context(3, encodeExtensions(extensions)) : new Uint8Array(),
  );
  return sequence(tbs, algorithm, bitString(signBytes(key, scheme, tbs)));
}
