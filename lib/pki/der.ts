/**
 * @module The small reader and writer of ASN.1 that the hot path uses (X.690).
 *
 * Reading is strict DER unless `BER` is asked for, which only the CMS layers do: real clients send indefinite
 * lengths and constructed octet strings there. Nothing here recurses over definite lengths, so nesting costs nothing;
 * indefinite lengths nest at most `MAX_INDEFINITE_DEPTH` deep.
 */
import { isAscii } from 'node:buffer';
import { concat, view } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';

/** One element, as the place that it has in the octets that were read: nothing is copied. */
export class Element {
  /** The identifier octet: class, constructed bit and number, e.g. 0x30 for SEQUENCE. */
  readonly tag: number;
  /** The octets that it lies in, and where: offsets of its identifier, of its contents and of what follows each. */
  readonly source: Uint8Array;
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly end: number;

  constructor(
    tag: number,
    source: Uint8Array,
    start: number,
    contentStart: number,
    contentEnd: number,
    end: number,
  ) {
    this.tag = tag;
    this.source = source;
    this.start = start;
    this.contentStart = contentStart;
    this.contentEnd = contentEnd;
    this.end = end;
  }

  /** A view of identifier, length and contents (and the end-of-contents octets of an indefinite length). */
  get bytes(): Uint8Array {
    return this.source.subarray(this.start, this.end);
  }

  /** A view. */
  get content(): Uint8Array {
    return this.source.subarray(this.contentStart, this.contentEnd);
  }

  /** Whether the length was given in the indefinite form. */
  get indefinite(): boolean {
    return this.contentEnd < this.end;
  }
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
  return readWithin(bytes, offset, bytes.length, rules);
}

/** @param limit where the element that it lies in ends. */
function readWithin(bytes: Uint8Array, offset: number, limit: number, rules: Rules): Element {
  if (offset + 2 > limit) throw fault('truncated');
  const tag = at(bytes, offset);
  // High tag numbers stand in no structure of ours; refusing them keeps the identifier one octet long.
  if ((tag & 0x1f) === 0x1f) throw fault('high tag number');
  const first = at(bytes, offset + 1);
  let start = offset + 2;
  let length = first;
  if (first === 0x80) {
    if (rules === 'DER' || (tag & CONSTRUCTED) === 0) throw fault('indefinite length');
    const contentEnd = endOfContents(bytes, start, limit, MAX_INDEFINITE_DEPTH);
    return new Element(tag, bytes, offset, start, contentEnd, contentEnd + 2);
  }
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 4) throw fault('length of more than four octets');
    if (start + count > limit) throw fault('truncated');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + at(bytes, start + i);
    if (rules === 'DER' && (length < 0x80 || at(bytes, start) === 0)) throw fault('length not minimal');
    start += count;
  }
  const end = start + length;
  if (end > limit) throw fault('truncated');
  return new Element(tag, bytes, offset, start, end, end);
}

/** Reads `bytes` as one element with nothing after it. @throws {SkepError} `ERR_DER` */
export function readWhole(bytes: Uint8Array, tag?: number, rules: Rules = 'DER'): Element {
  const element = readElement(bytes, 0, rules);
  if (element.end !== bytes.length) throw fault('trailing octets');
  if (tag !== undefined) expectTag(element, tag);
  return element;
}

/** The elements inside a constructed one, in order. @throws {SkepError} `ERR_DER` */
export function children(parent: Element, rules: Rules = 'DER', limit = 10_000): Element[] {
  if ((parent.tag & CONSTRUCTED) === 0) throw fault('not constructed');
  const found: Element[] = [];
  const { source, contentStart, contentEnd } = parent;
  for (let offset = contentStart; offset < contentEnd;) {
    if (found.length === limit) throw fault('too many elements');
    const child = readWithin(source, offset, contentEnd, rules);
    found.push(child);
    offset = child.end;
  }
  return found;
}

/** A walk over the elements of a SEQUENCE, with optional ones. All methods throw `ERR_DER`. */
export class Walk {
  private readonly all: readonly Element[];
  private place = 0;

  constructor(all: readonly Element[]) {
    this.all = all;
  }

  /** The next element, which must be there and, if asked for, of this tag. */
  next(tag?: number): Element {
    const element = this.all[this.place++];
    if (!element) throw fault('element missing');
    if (tag !== undefined) expectTag(element, tag);
    return element;
  }

  /** The next element if it has this tag; otherwise nothing is consumed. */
  optional(tag: number): Element | undefined {
    const element = this.all[this.place];
    if (element?.tag !== tag) return undefined;
    this.place++;
    return element;
  }

  /** All that are left. */
  rest(): Element[] {
    return this.all.slice(this.place);
  }

  /** Asserts that nothing is left. */
  end(): void {
    if (this.place < this.all.length) throw fault('unexpected element');
  }
}

export const walk = (parent: Element, rules: Rules = 'DER'): Walk => new Walk(children(parent, rules));

export function expectTag(element: Element, tag: number): Element {
  if (element.tag !== tag) throw fault(`tag ${element.tag.toString(16)} where ${tag.toString(16)} belongs`);
  return element;
}

/** Dotted form. @throws {SkepError} `ERR_DER` */
export function readOid(element: Element): string {
  expectTag(element, TAG.oid);
  const { source, contentStart, contentEnd } = element;
  return knownOid(source, contentStart, contentEnd) ?? decodeOid(element.content);
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
      if (!isAscii(content)) throw fault('not ASCII');
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
  const { tag, content } = element;
  const isUtc = tag === TAG.utcTime;
  if (content.length !== (isUtc ? 13 : 15) || content.at(-1) !== Z || (!isUtc && tag !== TAG.generalizedTime))
    throw fault('time');
  const parts: number[] = [];
  for (let i = 0; i < content.length - 1; i += 2) parts.push(readPair(content, i));
  const century = isUtc ? ((parts[0] ?? 0) < 50 ? 20 : 19) : (parts.shift() ?? 0);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const value = new Date(0);
  value.setUTCFullYear(century * 100 + year, month - 1, day);
  value.setUTCHours(hour, minute, second);
  // 30 February and 24:00:00 turn into the day after; no encoder means that.
  const given = [month - 1, day, hour, minute, second];
  const meant = [
    value.getUTCMonth(),
    value.getUTCDate(),
    value.getUTCHours(),
    value.getUTCMinutes(),
    value.getUTCSeconds(),
  ];
  if (meant.some((part, i) => part !== given[i])) throw fault('time');
  return value;
}

const Z = 0x5a;
const DIGIT_0 = 0x30;

/** Two decimal digits. */
function readPair(octets: Uint8Array, offset: number): number {
  const [tens, ones] = [at(octets, offset) - DIGIT_0, at(octets, offset + 1) - DIGIT_0];
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw fault('time');
  return tens * 10 + ones;
}

/** Offset of the end-of-contents octets that close an indefinite length. */
function endOfContents(bytes: Uint8Array, start: number, limit: number, depth: number): number {
  if (depth === 0) throw fault('indefinite lengths nest too deeply');
  for (let offset = start; ;) {
    if (offset + 2 > limit) throw fault('truncated');
    const tag = at(bytes, offset);
    const length = at(bytes, offset + 1);
    if (tag === 0 && length === 0) return offset;
    offset =
      length === 0x80 && (tag & CONSTRUCTED) !== 0
        ? endOfContents(bytes, offset + 2, limit, depth - 1) + 2
        : readWithin(bytes, offset, limit, 'BER').end;
  }
}

/** An octet that is there: its offset was checked. */
const at = (bytes: Uint8Array, offset: number): number => bytes[offset] ?? 0;

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
  return encode(TAG.set, ...[...parts].sort(compare));
}

/** Encodings mostly differ in their second octet, the length: sooner than `Buffer.compare` is called. */
function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = at(a, i) - at(b, i);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
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
  return value.getUTCFullYear() < 2050
    ? encode(TAG.utcTime, timeOctets(value).subarray(2))
    : generalizedTime(value);
}

/** GeneralizedTime, whole seconds, as OCSP and signingTime beyond 2049 need it. */
export function generalizedTime(value: Date): Uint8Array {
  return encode(TAG.generalizedTime, timeOctets(value));
}

/** `YYYYMMDDhhmmssZ` */
function timeOctets(value: Date): Uint8Array {
  const year = value.getUTCFullYear();
  const pairs = [
    Math.floor(year / 100),
    year % 100,
    value.getUTCMonth() + 1,
    value.getUTCDate(),
    value.getUTCHours(),
    value.getUTCMinutes(),
    value.getUTCSeconds(),
  ];
  const octets = Buffer.allocUnsafe(2 * pairs.length + 1);
  for (const [i, pair] of pairs.entries()) {
    octets[2 * i] = DIGIT_0 + Math.floor(pair / 10);
    octets[2 * i + 1] = DIGIT_0 + (pair % 10);
  }
  octets[2 * pairs.length] = Z;
  return octets;
}

const encodedOids = new Map<string, Uint8Array>();
/** The same by their contents octets. */
const decodedOids = new Map<number, { readonly content: Uint8Array; readonly dotted: string }>();

/** Of two with the same checksum, the one that comes second is decoded each time. */
function checksum(octets: Uint8Array, start: number, end: number): number {
  let sum = end - start;
  for (let i = start; i < end; i++) sum = (Math.imul(sum, 31) + at(octets, i)) | 0;
  return sum;
}

function knownOid(octets: Uint8Array, start: number, end: number): string | undefined {
  const known = decodedOids.get(checksum(octets, start, end));
  if (known?.content.length !== end - start) return undefined;
  for (let i = start; i < end; i++) if (octets[i] !== known.content[i - start]) return undefined;
  return known.dotted;
}

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
  const sum = checksum(content, 0, content.length);
  if (!decodedOids.has(sum)) decodedOids.set(sum, { content, dotted });
  return encoded;
}

/** Dotted form of the contents octets of an OBJECT IDENTIFIER. @throws {SkepError} `ERR_DER` */
export function decodeOid(content: Uint8Array): string {
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
