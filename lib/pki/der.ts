/**
 * @module The small reader and writer of ASN.1 that the hot path uses (X.690).
 *
 * Reading is strict DER unless `BER` is asked for, which only the CMS layers do: real clients send indefinite
 * lengths and constructed octet strings there. Nothing here recurses over definite lengths, so nesting costs nothing;
 * indefinite lengths nest at most `MAX_INDEFINITE_DEPTH` deep.
 */
import { concat, view } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';

/** One element: identifier octet, the whole encoding and the contents. Views, not copies. */
export interface Element {
  /** The identifier octet: class, constructed bit and number, e.g. 0x30 for SEQUENCE. */
  readonly tag: number;
  /** Identifier, length and contents (and the end-of-contents octets of an indefinite length). */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
  /** Whether the length was given in the indefinite form. */
  readonly indefinite: boolean;
}

export type Rules = 'DER' | 'BER';

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

const MAX_INDEFINITE_DEPTH = 32;
const CONSTRUCTED = 0x20;

/** The identifier octet of context tag `number` (0 to 30). */
export function contextTag(number: number, constructed = true): number {
  return 0x80 | (constructed ? CONSTRUCTED : 0) | number;
}

// Reading -------------------------------------------------------------------------------------------------------------

/**
 * Reads the element at `offset`.
 * @throws {SkepError} `ERR_DER`
 */
export function readElement(bytes: Uint8Array, offset = 0, rules: Rules = 'DER'): Element {
  const tag = octet(bytes, offset);
  // High tag numbers stand in no structure of ours; refusing them keeps the identifier one octet long.
  if ((tag & 0x1f) === 0x1f) throw fault('high tag number');
  const first = octet(bytes, offset + 1);
  let start = offset + 2;
  let length = first;
  if (first === 0x80) {
    if (rules === 'DER' || (tag & CONSTRUCTED) === 0) throw fault('indefinite length');
    const end = endOfContents(bytes, start, MAX_INDEFINITE_DEPTH);
    return {
      tag,
      bytes: bytes.subarray(offset, end + 2),
      content: bytes.subarray(start, end),
      indefinite: true,
    };
  }
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 4) throw fault('length of more than four octets');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + octet(bytes, start + i);
    start += count;
    if (rules === 'DER' && (length < 0x80 || length < 2 ** (8 * (count - 1))))
      throw fault('length not minimal');
  }
  const end = start + length;
  if (end > bytes.length) throw fault('truncated');
  return { tag, bytes: bytes.subarray(offset, end), content: bytes.subarray(start, end), indefinite: false };
}

/** Reads `bytes` as one element with nothing after it. @throws {SkepError} `ERR_DER` */
export function readWhole(bytes: Uint8Array, tag?: number, rules: Rules = 'DER'): Element {
  const element = readElement(bytes, 0, rules);
  if (element.bytes.length !== bytes.length) throw fault('trailing octets');
  if (tag !== undefined) expectTag(element, tag);
  return element;
}

/** The elements inside a constructed one, in order. @throws {SkepError} `ERR_DER` */
export function children(parent: Element, rules: Rules = 'DER', limit = 10_000): Element[] {
  if ((parent.tag & CONSTRUCTED) === 0) throw fault('not constructed');
  const found: Element[] = [];
  const { content } = parent;
  for (let offset = 0; offset < content.length;) {
    if (found.length === limit) throw fault('too many elements');
    const child = readElement(content, offset, rules);
    found.push(child);
    offset += child.bytes.length;
  }
  return found;
}

/** A walk over the elements of a SEQUENCE, with optional ones. All methods throw `ERR_DER`. */
export interface Walk {
  /** The next element, which must be there and, if asked for, of this tag. */
  next(tag?: number): Element;
  /** The next element if it has this tag; otherwise nothing is consumed. */
  optional(tag: number): Element | undefined;
  /** All that are left. */
  rest(): Element[];
  /** Asserts that nothing is left. */
  end(): void;
}

export function walk(parent: Element, rules: Rules = 'DER'): Walk {
  const all = children(parent, rules);
  let at = 0;
  return {
    next(tag) {
      const element = all[at++];
      if (!element) throw fault('element missing');
      if (tag !== undefined) expectTag(element, tag);
      return element;
    },
    optional(tag) {
      const element = all[at];
      if (element?.tag !== tag) return undefined;
      at++;
      return element;
    },
    rest: () => all.slice(at),
    end() {
      if (at < all.length) throw fault('unexpected element');
    },
  };
}

export function expectTag(element: Element, tag: number): Element {
  if (element.tag !== tag) throw fault(`tag ${element.tag.toString(16)} where ${tag.toString(16)} belongs`);
  return element;
}

/** Dotted form. @throws {SkepError} `ERR_DER` */
export function readOid(element: Element): string {
  expectTag(element, TAG.oid);
  return decodeOid(element.content);
}

/** Contents octets of an INTEGER that must be minimal. @throws {SkepError} `ERR_DER` */
export function readInteger(element: Element): Uint8Array {
  expectTag(element, TAG.integer);
  const { content } = element;
  if (content.length === 0) throw fault('empty integer');
  const [first, second = 0] = content;
  if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw fault('integer not minimal');
  }
  return content;
}

/** A small non-negative INTEGER (up to 2^31). @throws {SkepError} `ERR_DER` */
export function readSmallInteger(element: Element): number {
  const content = readInteger(element);
  if (content.length > 4 || (content[0] ?? 0) >= 0x80) throw fault('integer out of range');
  return content.reduce((value, next) => value * 256 + next, 0);
}

/** The octets of a BIT STRING without unused bits. @throws {SkepError} `ERR_DER` */
export function readBitString(element: Element): Uint8Array {
  expectTag(element, TAG.bitString);
  if (element.content[0] !== 0) throw fault('bit string with unused bits');
  return element.content.subarray(1);
}

/** The named bits that are set in a BIT STRING (bit 0 first). @throws {SkepError} `ERR_DER` */
export function readNamedBits(element: Element): number[] {
  expectTag(element, TAG.bitString);
  const [unused, ...octets] = element.content;
  if (unused === undefined || unused > 7 || (octets.length === 0 && unused > 0)) throw fault('bit string');
  const set: number[] = [];
  for (let bit = 0; bit < octets.length * 8 - unused; bit++) {
    if (((octets[bit >> 3] ?? 0) << (bit & 7)) & 0x80) set.push(bit);
  }
  return set;
}

/**
 * The octets of an OCTET STRING, or of an implicitly tagged one, joined if BER cut it into segments.
 * @throws {SkepError} `ERR_DER`
 */
export function readOctets(element: Element, rules: Rules = 'DER', depth = MAX_INDEFINITE_DEPTH): Uint8Array {
  if ((element.tag & CONSTRUCTED) === 0) return element.content;
  if (rules === 'DER' || depth === 0) throw fault('constructed octet string');
  const segments = children(element, 'BER').map((part) => {
    if ((part.tag & ~CONSTRUCTED) !== TAG.octetString) throw fault('segment is no octet string');
    return readOctets(part, 'BER', depth - 1);
  });
  const [only] = segments;
  return segments.length === 1 && only ? only : concat(segments);
}

// A byte order mark is text like any other: what is judged must be what is there.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder('latin1');

/** Each octet one character: for octets that are ASCII, or are only compared. */
const latin1 = (octets: Uint8Array): string => view(octets).toString('latin1');

/** Text of any of the string types that names and attributes use. @throws {SkepError} `ERR_DER` */
export function readText(element: Element): string {
  const { tag, content } = element;
  switch (tag) {
    case TAG.utf8String:
      try {
        return utf8.decode(content);
      } catch (cause) {
        throw fault('not UTF-8', cause);
      }
    case TAG.printableString:
    case TAG.ia5String:
      if (content.some((value) => value > 0x7f)) throw fault('not ASCII');
      return latin1(content);
    case TAG.t61String:
      return windows1252.decode(content);
    case TAG.bmpString: {
      if (content.length % 2 !== 0) throw fault('odd BMPString');
      return Buffer.from(content).swap16().toString('utf16le');
    }
    default:
      throw fault(`tag ${tag.toString(16)} is no text`);
  }
}

/** UTCTime or GeneralizedTime in the one form that RFC 5280 section 4.1.2.5 allows. @throws {SkepError} `ERR_DER` */
export function readTime(element: Element): Date {
  const text = latin1(element.content);
  let digits = '';
  if (element.tag === TAG.utcTime && /^\d{12}Z$/.test(text)) {
    digits = (text < '50' ? '20' : '19') + text;
  } else if (element.tag === TAG.generalizedTime && /^\d{14}Z$/.test(text)) {
    digits = text;
  }
  const part = (start: number, end: number) => Number(digits.slice(start, end));
  const value = new Date(0);
  value.setUTCFullYear(part(0, 4), part(4, 6) - 1, part(6, 8));
  value.setUTCHours(part(8, 10), part(10, 12), part(12, 14));
  // 30 February and 24:00:00 turn into the day after; no encoder means that.
  if (timeDigits(value) !== digits) throw fault('time');
  return value;
}

/** Offset of the end-of-contents octets that close an indefinite length. */
function endOfContents(bytes: Uint8Array, start: number, depth: number): number {
  if (depth === 0) throw fault('indefinite lengths nest too deeply');
  for (let offset = start; ;) {
    const tag = octet(bytes, offset);
    const length = octet(bytes, offset + 1);
    if (tag === 0 && length === 0) return offset;
    offset =
      length === 0x80 && (tag & CONSTRUCTED) !== 0
        ? endOfContents(bytes, offset + 2, depth - 1) + 2
        : offset + readElement(bytes, offset, 'BER').bytes.length;
  }
}

function octet(bytes: Uint8Array, offset: number): number {
  const value = bytes[offset];
  if (value === undefined) throw fault('truncated');
  return value;
}

function fault(detail: string, cause?: unknown): SkepError {
  return new SkepError('ERR_DER', { detail, cause });
}

// Writing -------------------------------------------------------------------------------------------------------------

/** One element with the given identifier octet around the joined contents. */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of contents) length += part.length;
  const header = length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x1_0000 ? 4 : length < 0x100_0000 ? 5 : 6;
  const out = Buffer.allocUnsafe(header + length);
  out[0] = tag;
  if (header === 2) {
    out[1] = length;
  } else {
    out[1] = 0x80 | (header - 2);
    out.writeUIntBE(length, 2, header - 2);
  }
  let offset = header;
  for (const part of contents) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => encode(TAG.sequence, ...parts);

/** SET OF: elements in the order of their encodings (X.690 section 11.6). */
export function setOf(parts: readonly Uint8Array[]): Uint8Array {
  return encode(TAG.set, ...[...parts].sort((a, b) => Buffer.compare(a, b)));
}

/** `[number] EXPLICIT`, or IMPLICIT around constructed contents. */
export const context = (number: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  encode(contextTag(number), ...parts);

/** `[number] IMPLICIT` around primitive contents. */
export const contextPrimitive = (number: number, content: Uint8Array): Uint8Array =>
  encode(contextTag(number, false), content);

export const octetString = (content: Uint8Array): Uint8Array => encode(TAG.octetString, content);

/** BIT STRING of whole octets. */
export const bitString = (content: Uint8Array): Uint8Array => encode(TAG.bitString, ZERO, content);

export const utf8String = (text: string): Uint8Array => encode(TAG.utf8String, Buffer.from(text, 'utf8'));
export const printableString = (text: string): Uint8Array =>
  encode(TAG.printableString, Buffer.from(text, 'latin1'));
export const ia5String = (text: string): Uint8Array => encode(TAG.ia5String, Buffer.from(text, 'latin1'));

const ZERO = Uint8Array.of(0);

/** INTEGER from unsigned big-endian octets, or from a small non-negative number. */
export function integer(value: Uint8Array | number): Uint8Array {
  const octets = typeof value === 'number' ? numberOctets(value) : value;
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const magnitude = octets.subarray(start);
  return (magnitude[0] ?? 0) >= 0x80 ? encode(TAG.integer, ZERO, magnitude) : encode(TAG.integer, magnitude);
}

export const boolean = (value: boolean): Uint8Array => encode(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const NULL: Uint8Array = encode(TAG.null);

/** BIT STRING of named bits, shortest form (X.690 section 11.2.2). */
export function namedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...bits);
  const octets = new Uint8Array(2 + (highest >> 3));
  octets[0] = highest < 0 ? 0 : 7 - (highest & 7);
  for (const bit of bits) octets[1 + (bit >> 3)] = (octets[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7));
  return encode(TAG.bitString, highest < 0 ? ZERO : octets);
}

/** UTCTime through 2049, GeneralizedTime from 2050 on; whole seconds (RFC 5280 section 4.1.2.5). */
export function time(value: Date): Uint8Array {
  const digits = timeDigits(value);
  return value.getUTCFullYear() < 2050
    ? encode(TAG.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : encode(TAG.generalizedTime, Buffer.from(digits, 'latin1'));
}

/** GeneralizedTime, whole seconds, as OCSP and signingTime beyond 2049 need it. */
export function generalizedTime(value: Date): Uint8Array {
  return encode(TAG.generalizedTime, Buffer.from(timeDigits(value), 'latin1'));
}

/** `YYYYMMDDhhmmssZ` */
function timeDigits(value: Date): string {
  const date = (value.getUTCFullYear() * 100 + value.getUTCMonth() + 1) * 100 + value.getUTCDate();
  const clock = (value.getUTCHours() * 100 + value.getUTCMinutes()) * 100 + value.getUTCSeconds();
  return `${String(date).padStart(8, '0')}${String(clock).padStart(6, '0')}Z`;
}

const encodedOids = new Map<string, Uint8Array>();
/** The dotted forms of the same, by their contents octets as latin1. */
const decodedOids = new Map<string, string>();

/** OBJECT IDENTIFIER from its dotted form. Encodings are kept: use it for OIDs of ours, not for a stranger's. */
export function oid(dotted: string): Uint8Array {
  const known = encodedOids.get(dotted);
  if (known) return known;
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...arcs]) {
    const group = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      group.unshift(0x80 | (rest & 0x7f));
    octets.push(...group);
  }
  const content = Uint8Array.from(octets);
  const encoded = encode(TAG.oid, content);
  encodedOids.set(dotted, encoded);
  decodedOids.set(latin1(content), dotted);
  return encoded;
}

/** Dotted form of the contents octets of an OBJECT IDENTIFIER. @throws {SkepError} `ERR_DER` */
export function decodeOid(content: Uint8Array): string {
  const known = decodedOids.get(latin1(content));
  if (known !== undefined) return known;
  if (content.length === 0 || content.length > 64) throw fault('object identifier length');
  const arcs: number[] = [];
  let arc = 0;
  let fresh = true;
  for (const value of content) {
    if (fresh && value === 0x80) throw fault('object identifier not minimal');
    arc = arc * 128 + (value & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw fault('object identifier arc');
    fresh = value < 0x80;
    if (fresh) {
      arcs.push(arc);
      arc = 0;
    }
  }
  if (!fresh) throw fault('object identifier truncated');
  const [head = 0, ...tail] = arcs;
  const root = Math.min(2, Math.floor(head / 40));
  return [root, head - 40 * root, ...tail].join('.');
}

function numberOctets(value: number): Uint8Array {
  const octets = [value & 0xff];
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256))
    octets.unshift(rest & 0xff);
  return Uint8Array.from(octets);
}
