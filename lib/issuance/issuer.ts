/** @module What issuing needs of the CA certificate, taken from it once. */
import type { KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '../keys/signer.js';
import type { Certificate } from '../pki/certificate.js';
import { authorityKeyIdentifier } from '../pki/extensions.js';
import { formatName } from '../pki/name.js';
import { importPublicKey } from '../pki/public-key.js';
import { subjectKeyIdentifierOf } from '../pki/subject-key-identifier.js';

/** A CA certificate and the algorithm that its key signs with. */
export interface IssuingAuthority {
  readonly certificate: Certificate;
  readonly algorithm: SignatureAlgorithm;
}

export interface IssuerView extends IssuingAuthority {
  /** RFC 4514 text. */
  readonly name: string;
  /** The subject key identifier, from the certificate or else computed. */
  readonly keyIdentifier: Uint8Array;
  /** The authorityKeyIdentifier extension of everything that it issues. */
  readonly authorityKeyIdentifier: Uint8Array;
  readonly publicKey: KeyObject;
}

const views = new WeakMap<IssuingAuthority, IssuerView>();

/**
 * Prepares an issuer; the same object is prepared once.
 * @throws {SkepError} `ERR_DER` when the certificate's key or key identifier cannot be read.
 */
export function viewIssuer(authority: IssuingAuthority): IssuerView {
  const known = views.get(authority);
  if (known) return known;
  const { certificate, algorithm } = authority;
  const identifier = subjectKeyIdentifierOf(certificate);
  const view: IssuerView = {
    certificate,
    algorithm,
    name: formatName(certificate.subject),
    keyIdentifier: identifier,
    authorityKeyIdentifier: authorityKeyIdentifier(identifier),
    publicKey: importPublicKey(certificate.publicKey),
  };
  views.set(authority, view);
  return view;
}
