/** @module Certificate extensions (RFC 5280 section 4.2) for requests and for throw-away signer certificates. */
import * as asn1js from 'asn1js';
import {
  childrenOf,
  octetsOf,
  oidOf,
  readBlock,
  sequenceOf,
  toArrayBuffer,
  type Block,
} from './ber-reader.js';
import { boolean, contextPrimitive, namedBits, octetString, oid, sequence } from './ber-writer.js';
import { ScepClientError } from './errors.js';
import { encodeGeneralNames, type GeneralName } from './general-names.js';
import { OID } from './oids.js';

/** One extension, as bytes: `value` is what extnValue wraps. */
export interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

/** Bit numbers of KeyUsage. */
const KEY_USAGE_BITS = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

export type KeyUsage = keyof typeof KEY_USAGE_BITS;

const KEY_USAGES = Object.keys(KEY_USAGE_BITS) as KeyUsage[];

const encodeExtension = (extension: Extension): Uint8Array =>
  sequence(
    oid(extension.oid),
    extension.critical ? boolean(true) : new Uint8Array(),
    octetString(extension.value),
  );

export const encodeExtensions = (extensions: readonly Extension[]): Uint8Array =>
  sequence(...extensions.map(encodeExtension));

export const keyUsageExtension = (usages: readonly KeyUsage[], critical = true): Extension => ({
  oid: OID.keyUsage,
  critical,
  value: namedBits(usages.map((usage) => KEY_USAGE_BITS[usage])),
});

/** @param purposes object identifiers. */
export const extendedKeyUsageExtension = (purposes: readonly string[], critical = false): Extension => ({
  oid: OID.extendedKeyUsage,
  critical,
  value: sequence(...purposes.map(oid)),
});

export const subjectAltNameExtension = (names: readonly GeneralName[], critical = false): Extension => ({
  oid: OID.subjectAltName,
  critical,
  value: encodeGeneralNames(names),
});

export const authorityKeyIdentifierExtension = (keyId: Uint8Array, critical = false): Extension => ({
  oid: OID.authorityKeyIdentifier,
  critical,
  value: sequence(contextPrimitive(0, keyId)),
});

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function decodeKeyUsage(value: Uint8Array): KeyUsage[] {
  const { result } = asn1js.fromBER(toArrayBuffer(value));
  if (!(result instanceof asn1js.BitString)) return [];
  const octets = result.valueBlock.valueHexView;
  return KEY_USAGES.filter((usage) => {
    const bit = KEY_USAGE_BITS[usage];
    return ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  });
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export const decodeExtendedKeyUsage = (value: Uint8Array): string[] =>
  childrenOf(readBlock(value, 'extendedKeyUsage')).map(oidOf);

/** The cA flag. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function decodeBasicConstraints(value: Uint8Array): boolean {
  const [first] = childrenOf(readBlock(value, 'basicConstraints'));
  return first instanceof asn1js.Boolean && first.valueBlock.value;
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readExtension(block: Block): Required<Extension> {
  const [type, ...rest] = sequenceOf(block);
  const [critical, value] = rest.length > 1 ? rest : [undefined, rest[0]];
  if (!(value instanceof asn1js.OctetString) || rest.length > 2) {
    throw new ScepClientError('ERR_CLIENT_MALFORMED', 'extension');
  }
  return {
    oid: oidOf(type),
    critical: critical instanceof asn1js.Boolean && critical.valueBlock.value,
    value: octetsOf(value),
  };
}

/** @param block Extensions. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export const readExtensions = (block: Block | undefined): Required<Extension>[] =>
  sequenceOf(block).map(readExtension);
