/** @module Whatever a person may have at hand (PEM, DER, base64, text) to bytes. */
import { fromBase64 } from '../../lib/base/bytes.js';

export interface InputBlock {
  readonly bytes: Uint8Array;
  /** The label of a PEM block. */
  readonly label?: string;
}

const PEM = /-----BEGIN ([A-Z0-9 #]+)-----([\s\S]*?)-----END \1-----/g;

/** One block for each PEM block, else one. Base64 may be broken over lines, URL-safe, or escaped as in a URL. */
export function readInput(bytes: Uint8Array): InputBlock[] {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = [...text.matchAll(PEM)].map(([, label = '', body = '']) => ({
    label,
    bytes: fromBase64(body.replace(/^[\w-]+:.*$/gm, '')),
  }));
  if (blocks.length > 0) return blocks;
  const plain = unescapeUrl(text).replace(/\s/g, '');
  if (plain.length > 0 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(plain)) return [{ bytes: fromBase64(plain) }];
  return [{ bytes }];
}

const unescapeUrl = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
