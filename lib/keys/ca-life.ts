/** @module The life of a CA in the vault: how its certificates come to be, and what may take the place of what. */
import { DAY_MS, type Clock } from '../base/clock.js';
import { equalBytes } from '../base/bytes.js';
import type { RandomBytes } from '../base/random.js';
import { SkepError } from '../base/errors.js';
import { parseCertificate } from '../pki/certificate.js';
import { subjectKeyIdentifierOf } from '../pki/subject-key-identifier.js';
import type { CaCertificateSet, CaRecord } from './ca-certificates.js';
import { signCaCertificate } from './certificates.js';
import { assertCa, assertChain, assertPath, belongsTo, type Warnings } from './fitness.js';
import type { VaultKey } from './key-vault.js';
import type { CertificateChain } from './pem.js';

/** A version of the vault key that the CA uses. */
export type CaKey = Pick<VaultKey, 'version' | 'signer'> & { readonly name: string };

export interface RootOptions {
  readonly key: CaKey;
  /** RFC 4514 text. */
  readonly subject: string;
  /** Default 10. */
  readonly years?: number;
  readonly mode: 'ra' | 'ca';
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const ROOT_YEARS = 10;

/**
 * A root: the key certifies itself, with one vault operation.
 * @throws {SkepError} `ERR_SUBJECT`, `ERR_SIGNER_…`, `ERR_CONFIG` for an EC key in CA mode.
 */
export async function createRoot(options: RootOptions): Promise<CaRecord> {
  const { key, subject, years = ROOT_YEARS, mode, clock, random } = options;
  const { signer } = key;
  const end = clock.now();
  const begin = end.getTime();
  end.setUTCFullYear(end.getUTCFullYear() + years);
  const validityDays = Math.round((end.getTime() - begin) / DAY_MS);
  const certificate = await signCaCertificate({ subject, signer, mode, validityDays, clock, random });
  return acceptChain([parseCertificate(certificate)], { key, mode, now: clock.now() }).record;
}

export interface AcceptOptions {
  readonly key: CaKey;
  readonly mode: 'ra' | 'ca';
  readonly now: Date;
}

/**
 * Judges a CA certificate that somebody else may have signed, with those above it.
 * @param chain the CA certificate, then those above it, nearest first.
 * @throws {SkepError} `ERR_AUTHORITY_MISSING` when it is not this key's or no CA certificate, `ERR_CONFIG` when the chain
 *   is broken, out of force or not up to a root.
 */
export function acceptChain(
  chain: CertificateChain,
  { key, mode, now }: AcceptOptions,
): { readonly record: CaRecord; readonly warnings: Warnings } {
  const name = 'the CA certificate';
  const [certificate, ...above] = chain;
  const { publicKey } = key.signer;
  const warnings = assertCa({ certificate, name, publicKey, mode, now });
  assertChain(chain, name);
  assertPath(chain, name, now);
  const record = {
    certificate: certificate.der,
    chain: above.map(({ der }) => der),
    keyName: key.name,
    keyVersion: key.version,
  };
  return { record, warnings };
}

/** Puts a set in order whose next CA has taken over: it is the current one, and the old one a former one. */
export function settleCas(set: CaCertificateSet, now: Date): CaCertificateSet {
  const { current, next, former } = set;
  if (!next || next.cutOver > now) return set;
  const { cutOver: _passed, ...successor } = next;
  return { current: successor, former: [current, ...former] };
}

/** Whether certificates of the one are certificates of the other: same key, same name. */
export function isSameCa(one: CaRecord, other: CaRecord): boolean {
  const [a, b] = [parseCertificate(one.certificate), parseCertificate(other.certificate)];
  return equalBytes(a.subject.der, b.subject.der) && belongsTo(a, b.publicKey.spki);
}

/**
 * Whether both certificates of a CA name its key by one subject key identifier. Where they do not, OpenSSL and others do
 * not take what was issued under the one for issued under the other (RFC 5280 section 4.2.1.1).
 */
export function haveSameKeyIdentifier(one: CaRecord, other: CaRecord): boolean {
  const [a, b] = [one, other].map(({ certificate }) => subjectKeyIdentifierOf(parseCertificate(certificate)));
  return a !== undefined && b !== undefined && equalBytes(a, b);
}

/** The certificate of a CA that stays the same CA: renewed, or signed by another root. */
export const recertifyCa = (set: CaCertificateSet, record: CaRecord): CaCertificateSet => ({
  ...set,
  current: record,
});

/** A new CA at once. What the old one issued can no longer be renewed, answered for or revoked. */
export const replaceCa = (record: CaRecord): CaCertificateSet => ({ current: record, former: [] });

/**
 * Announces the CA that takes over at `cutOver`; another one that was announced before is forgotten.
 * @throws {SkepError} `ERR_CONFIG` when the day has passed, or lies beyond the end of either certificate.
 */
export function announceCa(
  set: CaCertificateSet,
  record: CaRecord,
  cutOver: Date,
  now: Date,
): CaCertificateSet {
  if (cutOver <= now) throw new SkepError('ERR_CONFIG', { detail: 'the cut-over date has passed' });
  for (const { certificate } of [set.current, record]) {
    const { notAfter } = parseCertificate(certificate);
    if (cutOver < notAfter) continue;
    const detail = `at the cut-over a CA certificate is over (it ends on ${notAfter.toISOString().slice(0, 10)})`;
    throw new SkepError('ERR_CONFIG', { detail });
  }
  return { ...set, next: { ...record, cutOver } };
}
