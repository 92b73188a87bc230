/** @module Certification requests by hand, so that tests can say what no honest tool would. */
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { view } from '../../lib/base/bytes.js';
import {
  bitString,
  context,
  encode,
  integer,
  NULL,
  oid,
  printableString,
  sequence,
  TAG,
} from '../../lib/pki/der.js';
import { subjectAltName } from '../../lib/pki/extensions.js';
import { encodeGeneralName, type GeneralNameKind } from '../../lib/pki/general-names.js';
import { encodeName } from '../../lib/pki/name.js';
import { OID } from '../../lib/pki/oids.js';

export interface RequestFields {
  /** RFC 4514 text, a Name in DER, or the empty text for the empty name. Default `CN=device`. */
  readonly subject?: string | Uint8Array;
  /** Private key; default one RSA-2048 key that the process shares. */
  readonly key?: KeyObject;
  /** SubjectPublicKeyInfo; default the key's own. */
  readonly publicKey?: Uint8Array;
  /** Extension encodings; one extensionRequest attribute around them. */
  readonly extensions?: readonly Uint8Array[];
  readonly challenge?: string;
  /** Enrolment name/value pairs, an attribute each. */
  readonly pairs?: Readonly<Record<string, string>>;
  /** Further attributes, as they are. */
  readonly attributes?: readonly Uint8Array[];
  /** Stands for the whole attributes field. */
  readonly attributesField?: Uint8Array;
  readonly version?: number;
  /** Hash and AlgorithmIdentifier of the signature; default SHA-256 with RSA. */
  readonly signature?: { readonly hash: string; readonly identifier: Uint8Array };
}

let shared: KeyObject | undefined;

export function sharedKey(): KeyObject {
  return (shared ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
}

export const SHA256_WITH_RSA = { hash: 'sha256', identifier: sequence(oid('1.2.840.113549.1.1.11'), NULL) };

/** The values are not sorted, as DER would have it: some clients do not sort them either. */
export function attribute(type: string, ...values: readonly Uint8Array[]): Uint8Array {
  return sequence(oid(type), encode(TAG.set, ...values));
}

export function bmpString(text: string): Uint8Array {
  return encode(TAG.bmpString, Buffer.from(text, 'utf16le').swap16());
}

export function spki(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}

/** An RSA SubjectPublicKeyInfo from numbers. */
export function rsaPublicKey(modulus: bigint, exponent = 65_537n): Uint8Array {
  const key = sequence(integer(bigOctets(modulus)), integer(bigOctets(exponent)));
  return sequence(sequence(oid(OID.rsaEncryption), NULL), bitString(key));
}

function bigOctets(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

/** A subjectAltName extension of `[kind, value]` pairs. */
export function altNames(
  ...names: readonly (readonly [Exclude<GeneralNameKind, 'other'>, string])[]
): Uint8Array {
  return subjectAltName(names.map(([kind, value]) => encodeGeneralName(kind, value)));
}

/** A request whose signature verifies unless `publicKey` is another key's. */
export function buildRequest(fields: RequestFields = {}): Uint8Array {
  const { subject = 'CN=device', key = sharedKey(), signature = SHA256_WITH_RSA } = fields;
  const attributes = [
    ...(fields.challenge === undefined
      ? []
      : [attribute(OID.challengePassword, printableString(fields.challenge))]),
    ...(fields.extensions ? [attribute(OID.extensionRequest, sequence(...fields.extensions))] : []),
    ...Object.entries(fields.pairs ?? {}).map(([name, value]) =>
      attribute(OID.msEnrollmentNameValuePair, sequence(bmpString(name), bmpString(value))),
    ),
    ...(fields.attributes ?? []),
  ];
  const info = sequence(
    integer(fields.version ?? 0),
    typeof subject === 'string' ? (subject === '' ? sequence() : encodeName(subject)) : subject,
    fields.publicKey ?? spki(key),
    fields.attributesField ?? context(0, ...attributes),
  );
  return sequence(info, signature.identifier, bitString(view(sign(signature.hash, info, key))));
}
