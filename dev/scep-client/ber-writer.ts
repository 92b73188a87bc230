/**
 * @module A writer of ASN.1 bytes: DER, and the BER forms that real clients send (X.690 sections 8.1.3, 8.7.3).
 * It takes bytes and gives bytes, so that a test can also write what no library would.
 */
import { ObjectIdentifier } from 'asn1js';
import { concat } from '../../lib/base/bytes.js';
import { ScepClientError } from './errors.js';

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

const END_OF_CONTENTS = Uint8Array.of(0, 0);

/** Identifier octet, definite length, contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concat(contents);
  return concat([Uint8Array.of(tag, ...encodeLength(content.length)), content]);
}

/** A constructed element of indefinite length. */
export function indefinite(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  return concat([Uint8Array.of(tag | 0x20, 0x80), ...contents, END_OF_CONTENTS]);
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(TAG.sequence, ...parts);

/** A SET in the order given. */
export const set = (...parts: readonly Uint8Array[]): Uint8Array => element(TAG.set, ...parts);

/** The order of a DER SET OF (X.690 section 11.6). */
export const sorted = (parts: readonly Uint8Array[]): Uint8Array[] =>
  parts.toSorted((a, b) => Buffer.compare(a, b));

/** Context tag `number`, constructed. */
export const context = (number: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  element(0xa0 | number, ...parts);

/** Context tag `number`, primitive. */
export const contextPrimitive = (number: number, content: Uint8Array): Uint8Array =>
  element(0x80 | number, content);

export const NULL: Uint8Array = element(0x05);
export const boolean = (value: boolean): Uint8Array => element(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const octetString = (content: Uint8Array): Uint8Array => element(TAG.octetString, content);
export const bitString = (content: Uint8Array): Uint8Array =>
  element(TAG.bitString, Uint8Array.of(0), content);

/** A named-bit list: the given bits set, trailing zero bits removed (X.690 section 11.2.2). */
export function namedBits(bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return element(TAG.bitString, Uint8Array.of(0));
  const highest = Math.max(...bits);
  const octets = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return element(TAG.bitString, Uint8Array.of(7 - (highest % 8)), octets);
}

/** A non-negative INTEGER from a small number or unsigned big-endian octets. */
export function integer(value: number | Uint8Array): Uint8Array {
  const octets = typeof value === 'number' ? unsignedOctets(value) : value;
  const start = octets.findIndex((octet) => octet !== 0);
  const minimal = start === -1 ? Uint8Array.of(0) : octets.subarray(start);
  return element(TAG.integer, (minimal[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), minimal);
}

function unsignedOctets(value: number): Uint8Array {
  const octets = Buffer.alloc(6);
  octets.writeUIntBE(value, 0, 6);
  return octets;
}

/** @throws {ScepClientError} `ERR_CLIENT_INPUT` */
export function oid(dotted: string): Uint8Array {
  if (!/^[0-2](\.\d+)+$/.test(dotted)) throw new ScepClientError('ERR_CLIENT_INPUT', `OID ${dotted}`);
  return new Uint8Array(new ObjectIdentifier({ value: dotted }).toBER());
}

const STRINGS = {
  printable: (text) => element(TAG.printableString, Buffer.from(text, 'latin1')),
  utf8: (text) => element(TAG.utf8String, Buffer.from(text, 'utf8')),
  ia5: (text) => element(TAG.ia5String, Buffer.from(text, 'latin1')),
  t61: (text) => element(TAG.t61String, Buffer.from(text, 'latin1')),
  bmp: (text) => element(TAG.bmpString, Buffer.from(text, 'utf16le').swap16()),
} as const satisfies Record<string, (text: string) => Uint8Array>;

export type StringType = keyof typeof STRINGS;

/** A character string of the type named. Whether the characters fit the type is the caller's business. */
export const string = (type: StringType, text: string): Uint8Array => STRINGS[type](text);

/** UTCTime through 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
export function time(value: Date): Uint8Array {
  const text = value.toISOString().replace(/[-:T]|\.\d+/g, '');
  return value.getUTCFullYear() < 2050
    ? element(TAG.utcTime, Buffer.from(text.slice(2), 'latin1'))
    : element(TAG.generalizedTime, Buffer.from(text, 'latin1'));
}

/** AlgorithmIdentifier; parameters are left out where none are given. */
export const algorithm = (dotted: string, parameters: Uint8Array = new Uint8Array()): Uint8Array =>
  sequence(oid(dotted), parameters);

/** Attribute ::= SEQUENCE { type, SET OF value }. */
export const attribute = (type: string, ...values: readonly Uint8Array[]): Uint8Array =>
  sequence(oid(type), set(...values));
