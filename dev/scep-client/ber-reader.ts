/** @module Reading ASN.1 with asn1js: the few steps that every reader of this client needs. */
import * as asn1js from 'asn1js';
import { concat } from '../../lib/base/bytes.js';
import { ScepClientError } from './errors.js';

/** An element as asn1js gives it. */
export type Block = asn1js.AsnType;

/** Copies into an ArrayBuffer of its own, as asn1js and pkijs want it. */
export const toArrayBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** Reads one BER element that takes all of `bytes`. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readBlock(bytes: Uint8Array, what: string): Block {
  const { offset, result } = asn1js.fromBER(toArrayBuffer(bytes));
  if (offset !== bytes.length) throw new ScepClientError('ERR_CLIENT_MALFORMED', what);
  return result;
}

/** Runs a reader; what it throws becomes ours. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ScepClientError) throw cause;
    throw new ScepClientError('ERR_CLIENT_MALFORMED', what, { cause });
  }
}

/** The elements inside a constructed one; none for a primitive. */
export function childrenOf(block: Block | undefined): Block[] {
  if (!block?.idBlock.isConstructed) return [];
  const { value } = block.valueBlock as unknown as { readonly value: readonly Block[] };
  return [...value];
}

/** The bytes exactly as they were read. */
export const rawBytes = (block: Block): Uint8Array => new Uint8Array(block.valueBeforeDecodeView);

/** The contents of an OCTET STRING, the segments of a constructed one joined (X.690 section 8.7.3). */
export function octetsOf(block: Block): Uint8Array {
  if (block.idBlock.isConstructed) return concat(childrenOf(block).map(octetsOf));
  return new Uint8Array((block.valueBlock as unknown as { readonly valueHexView: Uint8Array }).valueHexView);
}

/** The text of any character string; `undefined` for other types. */
export function textOf(block: Block | undefined): string | undefined {
  return block instanceof asn1js.BaseStringBlock ? block.getValue() : undefined;
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function oidOf(block: Block | undefined): string {
  if (!(block instanceof asn1js.ObjectIdentifier)) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'OID');
  return block.valueBlock.toString();
}

/** A small INTEGER or ENUMERATED; `undefined` for other types. */
export function numberOf(block: Block | undefined): number | undefined {
  return block instanceof asn1js.Integer || block instanceof asn1js.Enumerated
    ? block.valueBlock.valueDec
    : undefined;
}

/** UTCTime or GeneralizedTime; `undefined` for other types. */
export function dateOf(block: Block | undefined): Date | undefined {
  return block instanceof asn1js.UTCTime || block instanceof asn1js.GeneralizedTime
    ? block.toDate()
    : undefined;
}

/** The contents of an INTEGER, sign octet included. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function integerOf(block: Block | undefined): Uint8Array {
  if (!(block instanceof asn1js.Integer)) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'INTEGER');
  return new Uint8Array(block.valueBlock.valueHexView);
}

/** The octets of a BIT STRING. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function bitsOf(block: Block | undefined): Uint8Array {
  if (!(block instanceof asn1js.BitString)) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'BIT STRING');
  return new Uint8Array(block.valueBlock.valueHexView);
}

/** The elements of a SEQUENCE. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function sequenceOf(block: Block | undefined): Block[] {
  if (!(block instanceof asn1js.Sequence)) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'SEQUENCE');
  return childrenOf(block);
}

/** The elements of a SET. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function setOf(block: Block | undefined): Block[] {
  if (!(block instanceof asn1js.Set)) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'SET');
  return childrenOf(block);
}

/** Whether the element has context tag `number`. */
export const isContext = (block: Block, number: number): boolean =>
  block.idBlock.tagClass === 3 && block.idBlock.tagNumber === number;
