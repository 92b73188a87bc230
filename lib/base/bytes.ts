/** @module Bytes and their text forms. */

export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex').toUpperCase();
}

export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Standard alphabet, padded, one line (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64');
}

/** Decodes base64 or base64url, padded or not. Characters outside the alphabet are skipped, as Node does. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** A Buffer over the same memory; nothing is copied. */
export function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
