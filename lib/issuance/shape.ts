/** @module From a request to the certificate that will be signed: checks, then the template, then the extensions. */
import { toHex } from '../base/bytes.js';
import type { RandomBytes } from '../base/random.js';
import type { CertificationRequest } from '../pki/csr.js';
import { formatGeneralName } from '../pki/general-names.js';
import { formatName } from '../pki/name.js';
import { encodeTbsCertificate } from '../pki/tbs-certificate.js';
import { viewIssuer, type IssuingAuthority } from './issuer.js';
import { assertKey } from './key/policy.js';
import { lintCertificate } from './lint.js';
import { assertIdentified, readIdentity, type Identity } from './names/identity.js';
import { shapeSubjectAltNames } from './names/subject-alt-names.js';
import {
  assertNamed,
  assertSubjectAttributes,
  refuseIssuerName,
  refuseProtectedCommonName,
} from './names/subject.js';
import { NOTES, type IssuanceNote } from './notes.js';
import type { Check, IssuanceRequest, Shaper, Template, Validity } from './pipeline.js';
import type { IssuanceProfile } from './profile.js';
import { readRequested } from './requested.js';
import { createSeals } from './seals.js';
import { createSerialNumber } from './serial.js';
import { refuseAuthority } from './usage/authority.js';
import { shapeExtendedKeyUsage } from './usage/extended-key-usage.js';
import { noteIgnoredExtensions } from './usage/ignored-extensions.js';
import { shapeKeyUsage } from './usage/key-usage.js';
import { shapeValidity } from './validity.js';

/** What is about to be signed. It has passed every rule and every lint. */
export interface ShapedCertificate extends Identity, Validity {
  /** Upper-case hex, 40 digits. */
  readonly serialNumber: string;
  /** TBSCertificate, DER. */
  readonly tbs: Uint8Array;
  /** RFC 4514 text; empty when only the alternative names name it. */
  readonly subject: string;
  /** `dns:…`, `uri:…`, `upn:…`, `email:…`, `ip:…` */
  readonly subjectAltNames: readonly string[];
  /** What the request asked for and does not get. */
  readonly notes: readonly IssuanceNote[];
}

export interface ShapeInput {
  readonly csr: CertificationRequest;
  readonly now: Date;
  readonly random: RandomBytes;
  /** The last hex digit of the claim: the serial number ends in it. */
  readonly shard: string;
  /** The Windows security identifier that the directory has for the holder, when the profile adds it. */
  readonly securityIdentifier?: string | undefined;
}

/**
 * @throws {SkepError} `ERR_CSR_MALFORMED`, `ERR_KEY_ALGORITHM`, `ERR_KEY_SIZE`, `ERR_KEY_WEAK`, `ERR_EXTENSION`,
 *   `ERR_SUBJECT`, `ERR_SAN`, `ERR_KEY_USAGE`, `ERR_EXTENDED_KEY_USAGE`, `ERR_VALIDITY`; `ERR_LINT` is a fault of ours.
 */
export type CertificateShaper = (input: ShapeInput) => ShapedCertificate;

const CHECKS: readonly Check[] = [
  ({ csr, profile }) => {
    assertKey(csr.publicKey, profile);
  },
  refuseAuthority,
  assertNamed,
  assertSubjectAttributes,
  refuseProtectedCommonName,
  refuseIssuerName,
  noteIgnoredExtensions,
];

const SHAPERS = {
  subjectAltNames: shapeSubjectAltNames,
  keyUsage: shapeKeyUsage,
  extendedKeyUsage: shapeExtendedKeyUsage,
  validity: shapeValidity,
} as const satisfies { readonly [Field in keyof Template]: Shaper<Field> };

/**
 * Prepares what is common to all certificates of a profile and an issuer. Make one per profile and issuer; the
 * function it returns is pure but for the randomness that it is given.
 */
export function createShaper(profile: IssuanceProfile, authority: IssuingAuthority): CertificateShaper {
  const issuer = viewIssuer(authority);
  const seals = createSeals(profile);

  return ({ csr, now, random, shard, securityIdentifier }) => {
    const notes: IssuanceNote[] = [];
    const request: IssuanceRequest = {
      csr,
      requested: readRequested(csr),
      profile,
      issuer,
      now,
      random,
      securityIdentifier,
      note: (code, detail) => notes.push({ code, security: NOTES[code].security, detail }),
    };
    for (const check of CHECKS) check(request);
    const template: Template = {
      subjectAltNames: SHAPERS.subjectAltNames(request),
      keyUsage: SHAPERS.keyUsage(request),
      extendedKeyUsage: SHAPERS.extendedKeyUsage(request),
      validity: SHAPERS.validity(request),
    };
    const { notBefore, notAfter } = template.validity;
    const identity = readIdentity(csr.subject, template.subjectAltNames);
    assertIdentified(identity, profile);
    const serialNumber = createSerialNumber(random, shard);
    const tbs = encodeTbsCertificate({
      serialNumber,
      signature: issuer.algorithm,
      issuer: issuer.certificate.subject.der,
      notBefore,
      notAfter,
      subject: csr.subject.der,
      publicKey: csr.publicKey.spki,
      extensions: seals.map((seal) => seal(template, request)).filter((encoded) => encoded !== undefined),
    });
    lintCertificate(tbs, issuer);
    return {
      serialNumber: toHex(serialNumber),
      tbs,
      notBefore,
      notAfter,
      subject: formatName(csr.subject),
      subjectAltNames: template.subjectAltNames.map(formatGeneralName),
      deviceId: identity.deviceId,
      user: identity.user,
      notes,
    };
  };
}
