/** @module Serial numbers as people and other programs write them. */

/**
 * Hex of either case, with or without `0x`, colons, blanks and leading zeros, as openssl, Windows and Intune show it.
 * @returns the form of our records (upper-case hex, two digits an octet, no leading zero octet); `undefined` when it is
 *   no serial number of at most 32 octets.
 */
export function parseSerialNumber(text: string): string | undefined {
  if (text.length > 200) return undefined;
  const digits = text
    .trim()
    .replace(/^0x/i, '')
    .replace(/[:\s]/g, '')
    .replace(/^0+(?=.)/, '')
    .toUpperCase();
  if (!/^[0-9A-F]{1,64}$/.test(digits)) return undefined;
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}
