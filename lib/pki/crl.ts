/** @module Writing certificate revocation lists (RFC 5280 section 5). */
import { concat } from '../base/bytes.js';
import type { SignatureAlgorithm } from '../keys/signer.js';
import { SIGNATURES } from './algorithms.js';
import { context, contextPrimitive, encode, integer, sequence, TAG, time } from './der.js';
import { extension } from './extensions.js';
import { OID } from './oids.js';

/** CRLReason of an entry that a delta CRL takes back. */
export const REMOVE_FROM_CRL = 8;

export interface CrlEntry {
  /** Unsigned big-endian octets. */
  readonly serialNumber: Uint8Array;
  /** Whole seconds; fractions are cut. */
  readonly revokedAt: Date;
  /** CRLReason; 0 (unspecified) is left out, as RFC 5280 section 5.3.1 wishes. */
  readonly reason: number;
}

export interface TbsCertListFields {
  readonly signature: SignatureAlgorithm;
  /** Name, DER. */
  readonly issuer: Uint8Array;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Encodings of `encodeCrlEntry`; may be empty. */
  readonly entries: readonly Uint8Array[];
  /** Extension encodings, in order. */
  readonly extensions: readonly Uint8Array[];
}

const VERSION_2 = integer(1);
const reasonExtensions = new Map<number, Uint8Array>();

/** One element of revokedCertificates, DER. */
export function encodeCrlEntry(entry: CrlEntry): Uint8Array {
  const serialNumber = integer(entry.serialNumber);
  const revokedAt = time(entry.revokedAt);
  return entry.reason === 0
    ? sequence(serialNumber, revokedAt)
    : sequence(serialNumber, revokedAt, reasonExtension(entry.reason));
}

function reasonExtension(reason: number): Uint8Array {
  const known = reasonExtensions.get(reason);
  if (known) return known;
  const encoded = sequence(extension(OID.cRLReason, encode(TAG.enumerated, Uint8Array.of(reason))));
  reasonExtensions.set(reason, encoded);
  return encoded;
}

/** TBSCertList, version 2, DER. */
export function encodeTbsCertList(fields: TbsCertListFields): Uint8Array {
  return sequence(
    VERSION_2,
    SIGNATURES[fields.signature].identifier,
    fields.issuer,
    time(fields.thisUpdate),
    time(fields.nextUpdate),
    // RFC 5280 section 5.1.2.6: without revoked certificates the list must be absent, not empty.
    ...(fields.entries.length === 0 ? [] : [sequence(concat(fields.entries))]),
    context(0, sequence(...fields.extensions)),
  );
}

export function cRLNumber(number: number): Uint8Array {
  return extension(OID.cRLNumber, integer(number));
}

/** Critical: whoever does not know deltas must not take one for the whole (RFC 5280 section 5.2.4). */
export function deltaCRLIndicator(baseNumber: number): Uint8Array {
  return extension(OID.deltaCRLIndicator, integer(baseNumber), true);
}

/** Where the delta CRL of a complete CRL lies (RFC 5280 section 5.2.6). */
export function freshestCRL(url: string): Uint8Array {
  const name = contextPrimitive(6, Buffer.from(url, 'latin1'));
  return extension(OID.freshestCRL, sequence(sequence(context(0, context(0, name)))));
}
