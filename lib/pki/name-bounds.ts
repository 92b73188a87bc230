/** @module How long a value of a name may be, whoever gives it. */

/** Characters of a common name. */
export const MAX_COMMON_NAME = 64;

/** Upper bounds in characters (RFC 5280 appendix A.1, X.520 annex C; RFC 4524 section 2.22 for UID). */
const UPPER_BOUNDS: ReadonlyMap<string, number> = new Map([
  ['2.5.4.3', MAX_COMMON_NAME],
  ['2.5.4.4', 32_768],
  ['2.5.4.5', 64],
  ['2.5.4.7', 128],
  ['2.5.4.8', 128],
  ['2.5.4.9', 128],
  ['2.5.4.10', 64],
  ['2.5.4.11', 64],
  ['2.5.4.12', 64],
  ['2.5.4.13', 1024],
  ['2.5.4.17', 40],
  ['2.5.4.42', 32_768],
  ['2.5.4.43', 32_768],
  ['0.9.2342.19200300.100.1.1', 256],
  ['1.2.840.113549.1.9.1', 255],
]);

const COUNTRY = '2.5.4.6';

/**
 * @param type dotted OID of the attribute.
 * @returns what is wrong, to be said behind the attribute's name; undefined when nothing is.
 */
export function faultOfLength(type: string, value: string): string | undefined {
  if (type === COUNTRY && !/^[A-Za-z]{2}$/.test(value)) return 'is not two letters';
  const bound = UPPER_BOUNDS.get(type);
  // Code points, not UTF-16 units: a short string is within any bound, so hardly any is counted.
  const isLonger = bound !== undefined && value.length > bound && Array.from(value).length > bound;
  return isLonger ? `is longer than ${bound} characters` : undefined;
}
