/** @module Reading the CRLs that we published (RFC 5280 section 5). */
import { toHex } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { readExtensions, type Extension } from './certificate.js';
import {
  children,
  contextTag,
  readElement,
  readInteger,
  readTime,
  readWhole,
  TAG,
  walk,
  type Element,
} from './der.js';
import { OID } from './oids.js';

export interface CertificateList {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** CRL number. */
  readonly number: number;
  /** CRL number of the base, if this is a delta CRL. */
  readonly baseNumber: number | undefined;
  /** The entries, read as they are walked over. */
  entries(): Iterable<ListedEntry>;
}

export interface ListedEntry {
  /** Upper-case hex of the INTEGER's contents octets. */
  readonly serialNumber: string;
  /** CRLReason; 0 when the entry names none. */
  readonly reason: number;
}

/**
 * Reads a CRL of version 2 with a CRL number, as every CRL of ours is. Its signature is not checked.
 * @throws {SkepError} `ERR_DER`
 */
export function parseCrl(der: Uint8Array): CertificateList {
  const whole = walk(readWhole(der, TAG.sequence));
  const fields = walk(whole.next(TAG.sequence));
  whole.next(TAG.sequence);
  whole.next(TAG.bitString);
  whole.end();

  fields.next(TAG.integer);
  fields.next(TAG.sequence);
  fields.next(TAG.sequence);
  const thisUpdate = readTime(fields.next());
  const nextUpdate = readTime(fields.next());
  const revoked = fields.optional(TAG.sequence);
  const wrapped = fields.next(contextTag(0));
  fields.end();

  const extensions = readExtensions(readWhole(wrapped.content, TAG.sequence));
  const number = readNumber(extensions, OID.cRLNumber);
  if (number === undefined) throw new SkepError('ERR_DER', { detail: 'CRL without a number' });
  return {
    thisUpdate,
    nextUpdate,
    number,
    baseNumber: readNumber(extensions, OID.deltaCRLIndicator),
    entries: () => readEntries(revoked),
  };
}

function readNumber(extensions: readonly Extension[], type: string): number | undefined {
  const found = extensions.find((extension) => extension.type === type);
  if (!found) return undefined;
  const octets = readInteger(readWhole(found.value));
  const value = octets.reduce((sum, next) => sum * 256 + next, 0);
  if (!Number.isSafeInteger(value)) throw new SkepError('ERR_DER', { detail: 'CRL number out of range' });
  return value;
}

function* readEntries(list: Element | undefined): Iterable<ListedEntry> {
  const content = list?.content ?? new Uint8Array();
  for (let offset = 0; offset < content.length;) {
    const entry = readElement(content, offset);
    offset += entry.bytes.length;
    const [serialNumber, , extensions] = children(entry);
    if (!serialNumber) throw new SkepError('ERR_DER', { detail: 'CRL entry without a serial number' });
    yield {
      serialNumber: toHex(readInteger(serialNumber)),
      reason: extensions ? readReason(readExtensions(extensions)) : 0,
    };
  }
}

function readReason(extensions: readonly Extension[]): number {
  const found = extensions.find((extension) => extension.type === OID.cRLReason);
  return found ? (readWhole(found.value, TAG.enumerated).content[0] ?? 0) : 0;
}
