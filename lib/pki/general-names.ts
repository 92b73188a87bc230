/** @module GeneralNames of a subjectAltName, read into typed values and written back (RFC 5280 section 4.2.1.6). */
import { isAscii } from 'node:buffer';
import { isIPv4, isIPv6 } from 'node:net';
import { view } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import {
  children,
  context,
  contextPrimitive,
  contextTag,
  oid,
  readOid,
  readText,
  readWhole,
  TAG,
  utf8String,
  walk,
  type Element,
} from './der.js';
import { OID } from './oids.js';

/** `other` is every kind without a rule of its own; its value says which: `otherName:<OID>` or `tag:<number>`. */
export type GeneralNameKind = 'dns' | 'email' | 'uri' | 'ip' | 'upn' | 'other';

export interface GeneralName {
  readonly kind: GeneralNameKind;
  /** Text; an IP address in its usual notation (IPv6 in the form of RFC 5952). */
  readonly value: string;
  /** The GeneralName as it was encoded. */
  readonly der: Uint8Array;
}

/** GeneralName choices that are one IA5String: their context tags. */
const TEXT_TAGS = { email: 1, dns: 2, uri: 6 } as const;
const IP_TAG = 7;

const KIND_BY_TAG: ReadonlyMap<number, keyof typeof TEXT_TAGS> = new Map(
  Object.entries(TEXT_TAGS).map(([kind, tag]) => [contextTag(tag, false), kind as keyof typeof TEXT_TAGS]),
);

/**
 * Reads the value of a subjectAltName extension.
 * @param value GeneralNames, DER; one name or more.
 * @throws {SkepError} `ERR_DER`
 */
export function readGeneralNames(value: Uint8Array): GeneralName[] {
  const names = children(readWhole(value, TAG.sequence), 'DER', 1000).map(readGeneralName);
  if (names.length === 0) throw fault('no general name');
  return names;
}

function readGeneralName(element: Element): GeneralName {
  const { tag, content, bytes: der } = element;
  const kind = KIND_BY_TAG.get(tag);
  if (kind) return { kind, value: readAscii(content), der };
  if (tag === contextTag(IP_TAG, false)) return { kind: 'ip', value: formatAddress(content), der };
  if (tag === contextTag(0)) return readOtherName(element);
  return { kind: 'other', value: `tag:${String(tag & 0x1f)}`, der };
}

function readAscii(content: Uint8Array): string {
  if (!isAscii(content)) throw fault('general name is not ASCII');
  return view(content).toString('latin1');
}

/** otherName; the one that we know is Microsoft's user principal name, a UTF8String. */
function readOtherName(element: Element): GeneralName {
  const parts = walk(element);
  const type = readOid(parts.next());
  const wrapped = parts.next(contextTag(0));
  parts.end();
  const { bytes: der } = element;
  if (type !== OID.msUserPrincipalName) return { kind: 'other', value: `otherName:${type}`, der };
  return { kind: 'upn', value: readText(readWhole(wrapped.content, TAG.utf8String)), der };
}

function formatAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) throw fault('IP address');
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((octets[2 * i] ?? 0) << 8) | (octets[2 * i + 1] ?? 0)).toString(16),
  );
  // The URL parser writes the compressed form of RFC 5952.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/**
 * Writes one GeneralName.
 * @throws {SkepError} `ERR_SAN` for text that its kind cannot carry.
 */
export function encodeGeneralName(kind: Exclude<GeneralNameKind, 'other'>, value: string): Uint8Array {
  if (kind === 'upn') return context(0, oid(OID.msUserPrincipalName), context(0, utf8String(value)));
  if (kind === 'ip') return contextPrimitive(IP_TAG, parseAddress(value));
  // eslint-disable-next-line no-control-regex -- IA5String is all of ASCII
  if (!/^[\x00-\x7f]*$/.test(value)) throw new SkepError('ERR_SAN', { detail: `${kind} is not ASCII` });
  return contextPrimitive(TEXT_TAGS[kind], Buffer.from(value, 'latin1'));
}

function parseAddress(text: string): Uint8Array {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!isIPv6(text) || text.includes('%')) throw new SkepError('ERR_SAN', { detail: 'not an IP address' });
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string): number[] =>
    part ? part.split(':').map((group) => parseInt(group, 16)) : [];
  const [left, right] = [groups(head), groups(tail ?? '')];
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** `dns:…`, `upn:…`: for records, logs and searches. */
export function formatGeneralName({ kind, value }: GeneralName): string {
  return `${kind}:${value}`;
}

function fault(detail: string): SkepError {
  return new SkepError('ERR_DER', { detail });
}
