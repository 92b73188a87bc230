/** @module PEM text (RFC 7468), as key and certificate files hold it. */
import { toBase64 } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { parseCertificate, type Certificate } from '../pki/certificate.js';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

/**
 * The contents of every block with this label, in order. Text between blocks is skipped.
 * @param label for example `CERTIFICATE`.
 */
export function parsePem(text: string, label: string): Uint8Array[] {
  return [...text.matchAll(BLOCK)]
    .filter(([, name]) => name === label)
    .map(([, , body = '']) => new Uint8Array(Buffer.from(body, 'base64')));
}

/** A certificate, then those above it. */
export type CertificateChain = readonly [Certificate, ...Certificate[]];

/**
 * Reads certificates from PEM text, or one from DER.
 * @param name what the message calls them.
 * @throws {SkepError} `ERR_CONFIG` when there is none, or one is damaged.
 */
export function parseCertificateFile(content: Uint8Array, name: string): CertificateChain {
  // A SEQUENCE of more than 255 octets; 0x82 is not ASCII, so no PEM text starts like it.
  const isDer = content[0] === 0x30 && content[1] === 0x82;
  const all = isDer ? [content] : parsePem(Buffer.from(content).toString('latin1'), 'CERTIFICATE');
  try {
    const [first, ...rest] = all.map((der) => parseCertificate(der));
    if (first) return [first, ...rest];
  } catch (cause) {
    throw new SkepError('ERR_CONFIG', { detail: `${name} holds a damaged certificate`, cause });
  }
  throw new SkepError('ERR_CONFIG', { detail: `${name} holds no certificate` });
}

/** Lines of 64 characters, ending in a newline. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
