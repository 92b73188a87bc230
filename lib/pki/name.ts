/** @module Distinguished names: kept as the bytes they came in, read for policy and for people (RFC 5280, RFC 4514). */
import { isUtf8 } from 'node:buffer';
import { fromHex, view } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import {
  children,
  encode,
  expectTag,
  oid,
  readOid,
  readText,
  sequence,
  setOf,
  TAG,
  utf8String,
  walk,
  type Element,
} from './der.js';
import { faultOfLength } from './name-bounds.js';

export interface NameAttribute {
  /** Dotted OID of the attribute type. */
  readonly type: string;
  readonly value: string;
}

export interface DistinguishedName {
  /** The Name exactly as it was encoded; it goes into certificates unchanged. */
  readonly der: Uint8Array;
  /** Relative names in encoding order, each with one attribute or more. */
  readonly rdns: readonly (readonly NameAttribute[])[];
}

/** Short names for people (RFC 4514 section 3 and common practice). */
const SHORT_NAMES = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.13': 'DESCRIPTION',
  '2.5.4.17': 'POSTALCODE',
  '2.5.4.42': 'G',
  '2.5.4.43': 'I',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'E',
} as const satisfies Record<string, string>;

const OID_BY_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SHORT_NAMES).map(([type, name]) => [name, type] as const),
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
  ['S', '2.5.4.8'],
]);

export const NAME_ATTRIBUTES: Readonly<Record<string, string>> = SHORT_NAMES;

/** Limits on what a stranger may make us keep. */
const MAX_RDNS = 32;
const MAX_NAME_OCTETS = 4096;

/** @throws {SkepError} `ERR_DER` */
export function readName(element: Element): DistinguishedName {
  expectTag(element, TAG.sequence);
  if (element.bytes.length > MAX_NAME_OCTETS) throw new SkepError('ERR_DER', { detail: 'name too long' });
  const rdns = children(element, 'DER', MAX_RDNS).map((rdn) =>
    children(expectTag(rdn, TAG.set), 'DER', MAX_RDNS).map((attribute) => {
      const parts = walk(expectTag(attribute, TAG.sequence));
      const type = readOid(parts.next(TAG.oid));
      const value = readText(parts.next());
      parts.end();
      return { type, value };
    }),
  );
  return { der: element.bytes, rdns };
}

/** RFC 4514 text, the last relative name first; unknown types in dotted form. For people and lookups. */
export function formatName(name: DistinguishedName): string {
  return [...name.rdns]
    .reverse()
    .map((rdn) =>
      rdn.map(({ type, value }) => `${NAME_ATTRIBUTES[type] ?? type}=${escapeValue(value)}`).join('+'),
    )
    .join(',');
}

function escapeValue(value: string): string {
  if (/^[\w.-][\w. -]*[\w.-]$/.test(value)) return value;
  return value
    .replace(/[\\",+;<>=]/g, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/^[# ]/, '\\$&')
    .replaceAll('\0', '\\00');
}

/**
 * Builds a Name from RFC 4514 text (`CN=Contoso Issuing CA,O=Contoso,C=DE`; the first stands last in the encoding).
 * For our own certificates, so one attribute per relative name is enough.
 * @throws {SkepError} `ERR_SUBJECT` for text that is no name.
 */
export function encodeName(text: string): Uint8Array {
  const parts = [...text.matchAll(/\s*([A-Za-z][\w.]*|\d+(?:\.\d+)+)\s*= *((?:\\.|[^\\,])*?) *(?:,|$)/gsy)];
  if (parts.length === 0 || parts.reduce((length, [part]) => length + part.length, 0) !== text.length) {
    throw new SkepError('ERR_SUBJECT', { detail: `not a distinguished name: ${text}` });
  }
  const rdns = parts.map(([, key = '', raw = '']) => {
    const type = OID_BY_NAME.get(key.toUpperCase()) ?? (/^\d/.test(key) ? key : undefined);
    if (!type) throw new SkepError('ERR_SUBJECT', { detail: `unknown attribute type ${key}` });
    const value = raw.replace(
      /((?:\\[0-9a-f]{2})+)|\\(.)/gis,
      (_, pairs: string | undefined, other: string) => (pairs === undefined ? other : readHexPairs(pairs)),
    );
    const fault = faultOfLength(type, value);
    if (fault !== undefined) throw new SkepError('ERR_SUBJECT', { detail: `${key} ${fault}` });
    // RFC 5280 appendix A: country and serial number are PrintableString, domain component and e-mail IA5String.
    const tag = ['C', 'SERIALNUMBER'].includes(NAME_ATTRIBUTES[type] ?? '')
      ? TAG.printableString
      : ['DC', 'E'].includes(NAME_ATTRIBUTES[type] ?? '')
        ? TAG.ia5String
        : undefined;
    const encoded = tag ? encode(tag, Buffer.from(value, 'latin1')) : utf8String(value);
    return setOf([sequence(oid(type), encoded)]);
  });
  return sequence(...rdns.reverse());
}

/** `\C3\BC`: octets of UTF-8, as openssl shows what is not ASCII (RFC 4514 section 2.4). */
function readHexPairs(pairs: string): string {
  const octets = fromHex(pairs.replaceAll('\\', ''));
  if (!isUtf8(octets)) throw new SkepError('ERR_SUBJECT', { detail: `not UTF-8: ${pairs}` });
  return view(octets).toString('utf8');
}
