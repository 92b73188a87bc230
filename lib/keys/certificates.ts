/**
 * @module The certificates that the authority is made of: a self-signed CA, the request for a subordinate one, and the
 * RA certificate below it. Over a Signer, so that files and vaults make the same ones.
 */
import { DAY_MS, type Clock } from '../base/clock.js';
import type { RandomBytes } from '../base/random.js';
import { parseCertificate, type Certificate } from '../pki/certificate.js';
import { context, integer, readWhole, sequence, setOf, oid } from '../pki/der.js';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectKeyIdentifier,
  type KeyUsage,
} from '../pki/extensions.js';
import { MAX_COMMON_NAME } from '../pki/name-bounds.js';
import { encodeName } from '../pki/name.js';
import { OID } from '../pki/oids.js';
import { readPublicKeyInfo } from '../pki/public-key.js';
import { subjectKeyIdentifierOf } from '../pki/subject-key-identifier.js';
import { encodeSigned, encodeTbsCertificate } from '../pki/tbs-certificate.js';
import type { Issuer } from './authority.js';
import type { SignatureAlgorithm, Signer } from './signer.js';

interface Making {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface CaCertificateOptions extends Making {
  /** RFC 4514 text, for example `CN=Contoso Device CA,O=Contoso`. */
  readonly subject: string;
  readonly signer: Signer;
  /** Default: the signer's preferred one. */
  readonly algorithm?: SignatureAlgorithm;
  /** `ca`: the key also opens and answers SCEP messages, so keyEncipherment is among its usages. */
  readonly mode: 'ra' | 'ca';
  /** Days; default 3650. */
  readonly validityDays?: number;
}

/** Clocks of devices run slow; a certificate that is not valid yet is refused. */
const BACKDATE_MS = DAY_MS;
const CA_VALIDITY_DAYS = 3650;
const RA_VALIDITY_DAYS = 365;

/** RFC 8894 section 2.1.2 wants the last one of whoever receives SCEP messages. */
const caKeyUsages = (mode: 'ra' | 'ca'): KeyUsage[] => [
  'digitalSignature',
  'keyCertSign',
  'cRLSign',
  ...(mode === 'ca' ? (['keyEncipherment'] as const) : []),
];

/** What every CA certificate of ours says of itself. It issues to devices only, hence no CA below it. */
const caExtensions = (mode: 'ra' | 'ca', subjectKeyId: Uint8Array): Uint8Array[] => [
  basicConstraints({ ca: true, pathLength: 0 }),
  keyUsage(caKeyUsages(mode)),
  subjectKeyIdentifier(subjectKeyId),
];

/**
 * A self-signed CA certificate.
 * @returns DER.
 * @throws {SkepError} `ERR_SUBJECT`, and whatever the signer throws.
 */
export async function signCaCertificate(options: CaCertificateOptions): Promise<Uint8Array> {
  const { signer, mode, random, clock } = options;
  const algorithm = options.algorithm ?? signer.algorithms[0];
  const subject = encodeName(options.subject);
  const now = clock.now().getTime();
  const tbs = encodeTbsCertificate({
    serialNumber: randomSerialNumber(random),
    signature: algorithm,
    issuer: subject,
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + (options.validityDays ?? CA_VALIDITY_DAYS) * DAY_MS),
    subject,
    publicKey: signer.publicKey,
    extensions: caExtensions(mode, keyIdentifierOf(signer.publicKey)),
  });
  return encodeSigned(tbs, algorithm, await signer.sign(tbs, algorithm));
}

export type CaRequestOptions = Omit<CaCertificateOptions, 'validityDays' | keyof Making>;

/**
 * A PKCS#10 request for a subordinate CA certificate, for an offline or company root to sign.
 * @returns DER.
 * @throws {SkepError} `ERR_SUBJECT`, and whatever the signer throws.
 */
export async function signCaRequest(options: CaRequestOptions): Promise<Uint8Array> {
  const { signer, mode } = options;
  const algorithm = options.algorithm ?? signer.algorithms[0];
  const extensions = sequence(...caExtensions(mode, keyIdentifierOf(signer.publicKey)));
  const info = sequence(
    integer(0),
    encodeName(options.subject),
    signer.publicKey,
    context(0, sequence(oid(OID.extensionRequest), setOf([extensions]))),
  );
  return encodeSigned(info, algorithm, await signer.sign(info, algorithm));
}

export interface RaCertificateOptions extends Making {
  readonly issuer: Issuer;
  /** SubjectPublicKeyInfo of the RA key, DER; RSA. */
  readonly publicKey: Uint8Array;
  /** Days; default 365, and never beyond the CA certificate. */
  readonly validityDays?: number;
}

/**
 * The RA certificate, issued directly by the CA: Windows and Apple refuse one that is not.
 * @returns DER.
 */
export async function signRaCertificate(options: RaCertificateOptions): Promise<Uint8Array> {
  const { issuer, publicKey, random, clock } = options;
  const ca = parseCertificate(issuer.certificate);
  const now = clock.now().getTime();
  const notBefore = Math.max(now - BACKDATE_MS, ca.notBefore.getTime());
  const notAfter = Math.min(now + (options.validityDays ?? RA_VALIDITY_DAYS) * DAY_MS, ca.notAfter.getTime());
  const tbs = encodeTbsCertificate({
    serialNumber: randomSerialNumber(random),
    signature: issuer.algorithm,
    issuer: ca.subject.der,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    subject: encodeName(`CN=${raCommonName(ca).replace(/[\\,]/g, '\\$&')}`),
    publicKey,
    extensions: [
      basicConstraints({ ca: false }),
      keyUsage(['digitalSignature', 'keyEncipherment']),
      extendedKeyUsage([OID.certificateRequestAgent]),
      subjectKeyIdentifier(keyIdentifierOf(publicKey)),
      authorityKeyIdentifier(subjectKeyIdentifierOf(ca)),
    ],
  });
  return encodeSigned(tbs, issuer.algorithm, await issuer.signer.sign(tbs, issuer.algorithm));
}

const RA_SUFFIX = ' RA';

/** The RA's common name: `<the CA's> RA`, with as much of the CA's as there is room for. */
export function raCommonName(ca: Certificate): string {
  const names = ca.subject.rdns.flat().filter(({ type }) => type === '2.5.4.3');
  const characters = Array.from(names.at(-1)?.value ?? 'SCEP');
  return characters.slice(0, MAX_COMMON_NAME - RA_SUFFIX.length).join('') + RA_SUFFIX;
}

const keyIdentifierOf = (publicKey: Uint8Array): Uint8Array =>
  keyIdentifier(readPublicKeyInfo(readWhole(publicKey)).keyBits);

/** 20 octets, positive and never shorter: RFC 5280 section 4.1.2.2. */
function randomSerialNumber(random: RandomBytes): Uint8Array {
  const serial = Uint8Array.from(random(20));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}
