/** @module Whether a certificate can be the CA or the RA, judged before anything is issued with it. */
import { createPublicKey } from 'node:crypto';
import { equalBytes } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import { findExtension, type Certificate } from '../pki/certificate.js';
import { children, readOid, readSmallInteger, readWhole, TAG } from '../pki/der.js';
import type { KeyUsage } from '../pki/extensions.js';
import { allowsUsage } from '../pki/key-usage.js';
import { OID } from '../pki/oids.js';
import { importPublicKey } from '../pki/public-key.js';
import { readSignatureScheme, verifySignature } from '../pki/verify.js';

/** What a device may stumble over although SCEP works; for the log. */
export type Warnings = readonly string[];

export interface CaJudgement {
  readonly certificate: Certificate;
  /** What messages call it: a file or a URL. */
  readonly name: string;
  /** SubjectPublicKeyInfo of the key that signs, DER. */
  readonly publicKey: Uint8Array;
  readonly mode: 'ra' | 'ca';
  readonly now: Date;
}

/** @throws {SkepError} `ERR_AUTHORITY_MISSING` for a certificate that cannot be a CA, `ERR_CONFIG` for the wrong mode. */
export function assertCa({ certificate, name, publicKey, mode, now }: CaJudgement): Warnings {
  const refuse = (why: string) => new SkepError('ERR_AUTHORITY_MISSING', { detail: `${name} ${why}` });
  if (!belongsTo(certificate, publicKey)) throw refuse('does not belong to the CA key');
  if (!isCa(certificate)) throw refuse('is not a CA certificate: basicConstraints does not say so');
  if (!allowsUsage(certificate, 'keyCertSign'))
    throw refuse('is not a CA certificate: key usage lacks keyCertSign');
  if (certificate.notAfter < now) throw refuse(`expired on ${certificate.notAfter.toISOString()}`);
  if (mode === 'ca' && !certificate.publicKey.rsa) {
    throw new SkepError('ERR_CONFIG', { detail: 'CA mode needs an RSA CA; use RA mode with an EC one' });
  }
  const wanted: KeyUsage[] = mode === 'ca' ? ['cRLSign', 'digitalSignature', 'keyEncipherment'] : ['cRLSign'];
  return [...missingUsages(certificate, wanted), ...notYetValid(certificate, now)].map(
    (what) => `${name} ${what}`,
  );
}

export interface RaJudgement {
  readonly certificate: Certificate;
  readonly name: string;
  /** SubjectPublicKeyInfo of the RA key, DER. */
  readonly publicKey: Uint8Array;
  readonly now: Date;
}

/** Its issuer and its end are judged elsewhere: an old RA still opens. @throws {SkepError} `ERR_CONFIG` */
export function assertRa({ certificate, name, publicKey, now }: RaJudgement): Warnings {
  const refuse = (why: string) => new SkepError('ERR_CONFIG', { detail: `${name} ${why}` });
  if (!belongsTo(certificate, publicKey)) throw refuse('does not belong to the RA key');
  if (!certificate.publicKey.rsa) throw refuse('holds no RSA key, which SCEP needs');
  const [missing] = missingUsages(certificate, ['digitalSignature', 'keyEncipherment']);
  if (missing) throw refuse(missing);
  const purposes = purposesOf(certificate);
  const agent = purposes?.includes(OID.certificateRequestAgent) || purposes?.includes(OID.serverAuth);
  const warnings = agent
    ? []
    : ['lacks the extended key usage Certificate Request Agent, which Windows wants'];
  return [...warnings, ...notYetValid(certificate, now)].map((what) => `${name} ${what}`);
}

/** Whether `child` names `parent` as its issuer and carries its signature. */
export function isIssuedBy(child: Certificate, parent: Certificate): boolean {
  if (!equalBytes(child.issuer.der, parent.subject.der)) return false;
  try {
    const scheme = readSignatureScheme(child.signatureAlgorithm);
    return verifySignature(importPublicKey(parent.publicKey), scheme, child.tbs, child.signature);
  } catch {
    return false;
  }
}

/**
 * Asserts that every certificate is issued by the one after it.
 * @throws {SkepError} `ERR_CONFIG`
 */
export function assertChain(chain: readonly Certificate[], name: string): void {
  for (const [index, certificate] of chain.entries()) {
    const above = chain[index + 1];
    if (!above || isIssuedBy(certificate, above)) continue;
    throw new SkepError('ERR_CONFIG', {
      detail: `${name} is no chain: certificate ${index + 1} is not issued by the next`,
    });
  }
}

/**
 * Asserts that everything above a CA certificate may be there: CA certificates in force, whose path lengths leave room,
 * up to a root that signed itself (RFC 5280 sections 4.2.1.9 and 6.1).
 * @param chain the CA certificate, then those above it, which `assertChain` has found to follow each other.
 * @throws {SkepError} `ERR_CONFIG`
 */
export function assertPath(chain: readonly Certificate[], name: string, now: Date): void {
  const refuse = (index: number, why: string) =>
    new SkepError('ERR_CONFIG', { detail: `${name}: certificate ${index + 1} ${why}` });
  for (const [index, certificate] of chain.entries()) {
    if (!isCa(certificate)) throw refuse(index, 'is not a CA certificate: basicConstraints does not say so');
    if (!allowsUsage(certificate, 'keyCertSign')) throw refuse(index, 'lacks the key usage keyCertSign');
    if (certificate.notAfter < now) throw refuse(index, `expired on ${certificate.notAfter.toISOString()}`);
    if ((pathLengthOf(certificate) ?? Infinity) < index)
      throw refuse(index, 'allows fewer CAs below it than there are (pathLenConstraint)');
  }
  const root = chain.at(-1);
  if (root && !isIssuedBy(root, root))
    throw refuse(chain.length - 1, 'is no root; append the certificates above it, up to the root');
}

/** Whether a certificate certifies this public key (SubjectPublicKeyInfo, DER; encodings may differ). */
export function belongsTo(certificate: Certificate, publicKey: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return importPublicKey(certificate.publicKey).equals(key);
}

function isCa(certificate: Certificate): boolean {
  const found = findExtension(certificate, OID.basicConstraints);
  return !!found && children(readWhole(found.value, TAG.sequence)).some((part) => part.tag === TAG.boolean);
}

function pathLengthOf(certificate: Certificate): number | undefined {
  const found = findExtension(certificate, OID.basicConstraints);
  const parts = found ? children(readWhole(found.value, TAG.sequence)) : [];
  const length = parts.find(({ tag }) => tag === TAG.integer);
  return length && readSmallInteger(length);
}

function missingUsages(certificate: Certificate, usages: readonly KeyUsage[]): string[] {
  const missing = usages.filter((usage) => !allowsUsage(certificate, usage));
  return missing.length > 0 ? [`lacks the key usage ${missing.join(', ')}`] : [];
}

const notYetValid = (certificate: Certificate, now: Date): string[] =>
  certificate.notBefore > now ? [`is not valid before ${certificate.notBefore.toISOString()}`] : [];

function purposesOf(certificate: Certificate): string[] | undefined {
  const found = findExtension(certificate, OID.extKeyUsage);
  return found && children(readWhole(found.value, TAG.sequence)).map(readOid);
}
