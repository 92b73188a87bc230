/** @module Base64 as the service reads it. */
import { fromBase64 } from '../../lib/base/bytes.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** One line of padded standard base64; no armour, no white space. */
export const decodeStrictBase64 = (text: string): Uint8Array | undefined =>
  text !== '' && BASE64.test(text) ? fromBase64(text) : undefined;

/** As .NET's `Convert.FromBase64String`, which skips white space and nothing else. */
export const decodeBase64 = (text: string): Uint8Array | undefined =>
  decodeStrictBase64(text.replaceAll(/[ \t\r\n]/g, ''));
