/** @module Certificate extensions that we write (RFC 5280 section 4.2). */
import { hash } from 'node:crypto';
import {
  boolean,
  context,
  contextPrimitive,
  integer,
  namedBits,
  NULL,
  octetString,
  oid,
  sequence,
} from './der.js';
import { OID } from './oids.js';

/** Bits of KeyUsage (RFC 5280 section 4.2.1.3). */
export const KEY_USAGE_BITS = {
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

/** One Extension around the DER of its value. */
export function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  return critical
    ? sequence(oid(type), boolean(true), octetString(value))
    : sequence(oid(type), octetString(value));
}

/** Critical, as every certificate of ours has it; `ca: false` encodes as the empty SEQUENCE that DER demands. */
export function basicConstraints(options: {
  readonly ca: boolean;
  readonly pathLength?: number;
}): Uint8Array {
  const parts = options.ca ? [boolean(true)] : [];
  if (options.pathLength !== undefined) parts.push(integer(options.pathLength));
  return extension(OID.basicConstraints, sequence(...parts), true);
}

export function keyUsage(usages: readonly KeyUsage[]): Uint8Array {
  return extension(OID.keyUsage, namedBits(usages.map((usage) => KEY_USAGE_BITS[usage])), true);
}

export function extendedKeyUsage(purposes: readonly string[], critical = false): Uint8Array {
  return extension(OID.extKeyUsage, sequence(...purposes.map((purpose) => oid(purpose))), critical);
}

/** SHA-1 of the subject public key's bits: method 1 of RFC 5280 section 4.2.1.2. */
export function keyIdentifier(keyBits: Uint8Array): Uint8Array {
  return hash('sha1', keyBits, 'buffer');
}

export function subjectKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return extension(OID.subjectKeyIdentifier, octetString(identifier));
}

export function authorityKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return extension(OID.authorityKeyIdentifier, sequence(contextPrimitive(0, identifier)));
}

/**
 * @param names GeneralName encodings.
 * @param critical true when the subject is empty (RFC 5280 section 4.2.1.6).
 */
export function subjectAltName(names: readonly Uint8Array[], critical = false): Uint8Array {
  return extension(OID.subjectAltName, sequence(...names), critical);
}

const uriName = (url: string): Uint8Array => contextPrimitive(6, Buffer.from(url, 'latin1'));

export function authorityInfoAccess(urls: {
  readonly ocsp: readonly string[];
  readonly caIssuers: readonly string[];
}): Uint8Array {
  return extension(
    OID.authorityInfoAccess,
    sequence(
      ...urls.ocsp.map((url) => sequence(oid(OID.ocsp), uriName(url))),
      ...urls.caIssuers.map((url) => sequence(oid(OID.caIssuers), uriName(url))),
    ),
  );
}

/** One distribution point whose full name lists all URLs. */
export function crlDistributionPoints(urls: readonly string[]): Uint8Array {
  return extension(
    OID.cRLDistributionPoints,
    sequence(sequence(context(0, context(0, ...urls.map(uriName))))),
  );
}

/** id-pkix-ocsp-nocheck (RFC 6960 section 4.2.2.2.1). */
export const ocspNoCheck = (): Uint8Array => extension(OID.ocspNoCheck, NULL);
