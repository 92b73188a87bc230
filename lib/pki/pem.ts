/** @module PEM, the text form (RFC 7468). */
import { toBase64 } from '../base/bytes.js';

/** One block with lines of 64 characters and a final newline. @param label e.g. `CERTIFICATE`, `X509 CRL`. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
