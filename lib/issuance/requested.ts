/** @module What the request's extensions ask for, as values. Only the four that a rule names are opened. */
import { SkepError } from '../base/errors.js';
import type { CertificationRequest } from '../pki/csr.js';
import { children, readNamedBits, readOid, readWhole, TAG, walk } from '../pki/der.js';
import { KEY_USAGE_BITS, type KeyUsage } from '../pki/extensions.js';
import { readGeneralNames } from '../pki/general-names.js';
import { OID } from '../pki/oids.js';
import type { RequestedExtensions } from './pipeline.js';

const OPENED: ReadonlySet<string> = new Set([
  OID.subjectAltName,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
]);

const USAGES = Object.entries(KEY_USAGE_BITS) as readonly [KeyUsage, number][];

/** @throws {SkepError} `ERR_CSR_MALFORMED` when one of the four is not what RFC 5280 says. */
export function readRequested({ extensions }: CertificationRequest): RequestedExtensions {
  const read = <T>(type: string, parse: (value: Uint8Array) => T): T | undefined => {
    const found = extensions.find((extension) => extension.type === type);
    if (!found) return undefined;
    try {
      return parse(found.value);
    } catch (cause) {
      throw new SkepError('ERR_CSR_MALFORMED', { detail: `extension ${type}`, cause });
    }
  };
  return {
    subjectAltNames: read(OID.subjectAltName, readGeneralNames),
    keyUsage: read(OID.keyUsage, readKeyUsage),
    extendedKeyUsage: read(OID.extKeyUsage, readPurposes),
    isAuthority: read(OID.basicConstraints, readIsAuthority) ?? false,
    others: extensions.map(({ type }) => type).filter((type) => !OPENED.has(type)),
  };
}

function readKeyUsage(value: Uint8Array): KeyUsage[] {
  const bits = readNamedBits(readWhole(value, TAG.bitString));
  return USAGES.filter(([, bit]) => bits.includes(bit)).map(([usage]) => usage);
}

function readPurposes(value: Uint8Array): string[] {
  const purposes = children(readWhole(value, TAG.sequence), 'DER', 64).map(readOid);
  if (purposes.length === 0) throw new SkepError('ERR_DER', { detail: 'no purpose' });
  return purposes;
}

/** BasicConstraints; any cA that is not plainly false counts as true, however another reader would take it. */
function readIsAuthority(value: Uint8Array): boolean {
  const parts = walk(readWhole(value, TAG.sequence));
  const flag = parts.optional(TAG.boolean);
  parts.optional(TAG.integer);
  parts.end();
  return flag?.content.some((octet) => octet !== 0) ?? false;
}
