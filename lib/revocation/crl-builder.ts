/** @module Complete and delta CRLs from entries: what goes into which, and the signature. Knows no storage. */
import { fromHex } from '../base/bytes.js';
import type { Issuer } from '../keys/authority.js';
import { parseCertificate } from '../pki/certificate.js';
import type { CertificateList } from '../pki/crl-reader.js';
import {
  cRLNumber,
  deltaCRLIndicator,
  encodeCrlEntry,
  encodeTbsCertList,
  freshestCRL,
  REMOVE_FROM_CRL,
} from '../pki/crl.js';
import { authorityKeyIdentifier } from '../pki/extensions.js';
import { subjectKeyIdentifierOf } from '../pki/subject-key-identifier.js';
import { encodeSigned } from '../pki/tbs-certificate.js';
import { REVOCATION_REASONS } from '../store/states.js';
import type { RevokedReader } from '../store/store.js';
import { mustBeListed } from './status.js';

/** What a CRL will say, by serial number (upper-case hex without leading zero octets). */
export type CrlEntries = ReadonlyMap<string, { readonly revokedAt: Date; readonly reason: number }>;

export interface CrlHeader {
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/**
 * The entries that a complete CRL of this issuer must have now.
 * @param listedUntil thisUpdate of the complete CRL before, if there was one.
 * @throws {SkepError} `ERR_STORE_UNAVAILABLE`
 */
export async function collectEntries(
  reader: RevokedReader,
  issuerId: string,
  listedUntil: Date | undefined,
): Promise<CrlEntries> {
  const entries = new Map<string, { readonly revokedAt: Date; readonly reason: number }>();
  for await (const entry of reader.revoked()) {
    if (!mustBeListed(entry, issuerId, listedUntil)) continue;
    const { serialNumber, revokedAt, reason } = entry;
    entries.set(bareSerial(serialNumber), { revokedAt, reason: REVOCATION_REASONS[reason] });
  }
  return entries;
}

/**
 * The difference that leads from a complete CRL to `entries` (RFC 5280 section 5.2.4): what is new or has another
 * reason, and with `removeFromCRL` what the base lists and is no longer revoked, or ended meanwhile. All that the delta
 * CRL before it listed is told again, as it is now: whoever has put that one on the base may put this one on the outcome.
 * @param before on the same base; undefined for the first.
 */
export function subtractBase(
  entries: CrlEntries,
  base: CertificateList,
  before: CertificateList | undefined,
  thisUpdate: Date,
): CrlEntries {
  const difference = new Map(entries);
  const removal = { revokedAt: thisUpdate, reason: REMOVE_FROM_CRL };
  for (const { serialNumber, reason } of base.entries()) {
    const serial = bareSerial(serialNumber);
    const present = entries.get(serial);
    if (!present) difference.set(serial, removal);
    else if (present.reason === reason) difference.delete(serial);
  }
  for (const { serialNumber } of before?.entries() ?? []) {
    const serial = bareSerial(serialNumber);
    difference.set(serial, entries.get(serial) ?? removal);
  }
  return difference;
}

/** @param freshestUrl where its delta CRL lies, if it has one. @returns CertificateList, DER. */
export function signCompleteCrl(
  issuer: Issuer,
  header: CrlHeader,
  entries: CrlEntries,
  freshestUrl: string | undefined,
): Promise<Uint8Array> {
  return signCrl(issuer, header, entries, freshestUrl === undefined ? [] : [freshestCRL(freshestUrl)]);
}

/** @returns CertificateList, DER. */
export function signDeltaCrl(
  issuer: Issuer,
  header: CrlHeader,
  difference: CrlEntries,
  baseNumber: number,
): Promise<Uint8Array> {
  return signCrl(issuer, header, difference, [deltaCRLIndicator(baseNumber)]);
}

async function signCrl(
  { certificate, signer, algorithm }: Issuer,
  { number, thisUpdate, nextUpdate }: CrlHeader,
  entries: CrlEntries,
  extensions: readonly Uint8Array[],
): Promise<Uint8Array> {
  const ca = parseCertificate(certificate);
  const tbs = encodeTbsCertList({
    signature: algorithm,
    issuer: ca.subject.der,
    thisUpdate,
    nextUpdate,
    entries: Array.from(entries, ([serial, entry]) =>
      encodeCrlEntry({ serialNumber: fromHex(serial), ...entry }),
    ),
    extensions: [authorityKeyIdentifier(subjectKeyIdentifierOf(ca)), cRLNumber(number), ...extensions],
  });
  return encodeSigned(tbs, algorithm, await signer.sign(tbs, algorithm));
}

function bareSerial(serialNumber: string): string {
  return serialNumber.replace(/^(?:00)+(?=..)/, '');
}
