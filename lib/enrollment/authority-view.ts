/** @module The authority with its certificates read once: what the path works with. */
import type { Authority, Issuer } from '../keys/authority.js';
import type { Decrypter } from '../keys/decrypter.js';
import type { SignatureAlgorithm, Signer } from '../keys/signer.js';
import { parseCertificate, type Certificate } from '../pki/certificate.js';
import { issuerIdOf } from '../pki/issuer-id.js';

export interface IssuerView {
  /** SHA-256 of the SubjectPublicKeyInfo, upper-case hex. */
  readonly id: string;
  readonly certificate: Certificate;
  readonly signer: Signer;
  readonly algorithm: SignatureAlgorithm;
}

export interface RecipientView {
  readonly certificate: Certificate;
  readonly decrypter: Decrypter;
  readonly signer: Signer;
}

export interface AuthorityView {
  readonly mode: Authority['mode'];
  readonly issuer: IssuerView;
  readonly recipients: readonly [RecipientView, ...RecipientView[]];
  readonly chain: readonly Uint8Array[];
  readonly trusted: readonly Certificate[];
  readonly next?: readonly Uint8Array[];
}

const views = new WeakMap<Authority, AuthorityView>();

/** Reads the certificates of an authority; the same authority is read once. @throws {SkepError} `ERR_DER` */
export function viewAuthority(authority: Authority): AuthorityView {
  const known = views.get(authority);
  if (known) return known;
  const [first, ...others] = authority.recipients.map((recipient) => ({
    ...recipient,
    certificate: parseCertificate(recipient.certificate),
  }));
  const view: AuthorityView = {
    mode: authority.mode,
    issuer: viewIssuer(authority.issuer),
    // The port promises at least one recipient.
    recipients: [first as RecipientView, ...others],
    chain: authority.chain,
    trusted: authority.trusted.map(parseCertificate),
    ...(authority.next ? { next: authority.next } : {}),
  };
  views.set(authority, view);
  return view;
}

function viewIssuer(issuer: Issuer): IssuerView {
  const certificate = parseCertificate(issuer.certificate);
  return {
    id: issuerIdOf(certificate),
    certificate,
    signer: issuer.signer,
    algorithm: issuer.algorithm,
  };
}
