/**
 * @module The kinds of rules between a request and a certificate.
 *
 * A `Check` refuses. A `Shaper` decides one field of the template, from the request as far as the profile lets it.
 * A `Seal` writes one extension, the last word on it. Each rule has a file of its own; `shape.ts` lists them in order.
 */
import type { RandomBytes } from '../base/random.js';
import type { KeyUsage } from '../pki/extensions.js';
import type { CertificationRequest } from '../pki/csr.js';
import type { GeneralName } from '../pki/general-names.js';
import type { IssuerView } from './issuer.js';
import type { NoteCode } from './notes.js';
import type { IssuanceProfile } from './profile.js';

/** What the request's extensions ask for. Each is undefined when the request is silent. */
export interface RequestedExtensions {
  readonly subjectAltNames: readonly GeneralName[] | undefined;
  readonly keyUsage: readonly KeyUsage[] | undefined;
  /** Dotted OIDs. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly isAuthority: boolean;
  /** Dotted OIDs of all others. */
  readonly others: readonly string[];
}

/** What the rules read. */
export interface IssuanceRequest {
  readonly csr: CertificationRequest;
  readonly requested: RequestedExtensions;
  readonly profile: IssuanceProfile;
  readonly issuer: IssuerView;
  readonly now: Date;
  readonly random: RandomBytes;
  /** Of the holder, as the directory knows it; never the request's. */
  readonly securityIdentifier?: string | undefined;
  /** Tells the caller of something that was left out, without refusing the request. */
  readonly note: (code: NoteCode, detail: string) => void;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What the shapers decide. */
export interface Template {
  readonly validity: Validity;
  readonly subjectAltNames: readonly GeneralName[];
  readonly keyUsage: readonly KeyUsage[];
  /** Dotted OIDs. */
  readonly extendedKeyUsage: readonly string[];
}

export type Check = (request: IssuanceRequest) => void;

export type Shaper<Field extends keyof Template> = (request: IssuanceRequest) => Template[Field];

/** The extension's encoding, or undefined when the certificate goes without. */
export type Seal = (template: Template, request: IssuanceRequest) => Uint8Array | undefined;
