/** @module What the OCSP responder must know of the CAs that it answers for: the present one, and those it followed. */
import { createHash } from 'node:crypto';
import { equalBytes } from '../base/bytes.js';
import type { Authority, Issuer } from '../keys/authority.js';
import type { HashName } from '../pki/algorithms.js';
import { parseCertificate } from '../pki/certificate.js';
import { issuerIdOf as identify } from '../pki/issuer-id.js';
import type { CertId } from '../pki/ocsp-request.js';
import { isIssuedBy } from '../pki/verify.js';

export interface AnsweredIssuer {
  readonly issuer: Issuer;
  /** SHA-256 of the issuer's SubjectPublicKeyInfo, upper-case hex, as records name it. */
  readonly issuerId: string;
  /** Whether the certificate that is asked about would be one of our issuer's. */
  isIssuerOf(id: CertId): boolean;
  /**
   * Serial numbers of our own certificates, which have no row: the RA certificates in use, and the CA's own if it
   * signed itself. They are good for as long as the authority uses them. The status of a CA certificate that somebody
   * else signed is for that somebody to tell: a responder that we certified would not be believed.
   */
  readonly ownSerials: ReadonlySet<string>;
}

/** Reads the certificates once per authority; ask with the same object while it lasts. */
export function createAuthorityReader(): (authority: Authority) => readonly AnsweredIssuer[] {
  const read = new WeakMap<Authority, readonly AnsweredIssuer[]>();
  return (authority) => {
    const known = read.get(authority) ?? issuersOf(authority).map((issuer) => readIssuer(issuer, authority));
    read.set(authority, known);
    return known;
  };
}

/** Everybody whose certificates we answer for, the present CA first. */
export const issuersOf = ({ issuer, former = [] }: Authority): readonly Issuer[] => [issuer, ...former];

function readIssuer(issuer: Issuer, { recipients }: Authority): AnsweredIssuer {
  const ca = parseCertificate(issuer.certificate);
  const own = [issuer.certificate, ...recipients.map(({ certificate }) => certificate)]
    .map(parseCertificate)
    // By signature: after a rollover two CAs may bear one name.
    .filter((certificate) => isIssuedBy(certificate, ca));
  const hashes = new Map<HashName, { readonly name: Uint8Array; readonly key: Uint8Array }>();

  function hashesBy(hash: HashName): { readonly name: Uint8Array; readonly key: Uint8Array } {
    const known = hashes.get(hash) ?? {
      name: createHash(hash).update(ca.subject.der).digest(),
      key: createHash(hash).update(ca.publicKey.keyBits).digest(),
    };
    hashes.set(hash, known);
    return known;
  }

  return {
    issuer,
    issuerId: issuerIdOf(issuer.certificate),
    isIssuerOf({ hash, issuerNameHash, issuerKeyHash }) {
      if (!hash) return false;
      const { name, key } = hashesBy(hash);
      return equalBytes(name, issuerNameHash) && equalBytes(key, issuerKeyHash);
    },
    ownSerials: new Set(own.map(({ serialNumber }) => serialNumber)),
  };
}

/** @param certificate of a CA, DER. */
export const issuerIdOf = (certificate: Uint8Array): string => identify(parseCertificate(certificate));
