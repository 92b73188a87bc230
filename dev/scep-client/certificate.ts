/** @module Reading certificates, and checking who signed them. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { equalBytes, toHex } from '../../lib/base/bytes.js';
import { hash } from './algorithms.js';
import {
  bitsOf,
  childrenOf,
  dateOf,
  integerOf,
  isContext,
  rawBytes,
  readBlock,
  reading,
  sequenceOf,
  type Block,
} from './ber-reader.js';
import { ScepClientError } from './errors.js';
import {
  decodeBasicConstraints,
  decodeExtendedKeyUsage,
  decodeKeyUsage,
  readExtensions,
  type Extension,
  type KeyUsage,
} from './extensions.js';
import { decodeGeneralNames, type ReadGeneralName } from './general-names.js';
import { formatName } from './names.js';
import { OID } from './oids.js';
import {
  readAlgorithmIdentifier,
  readSignatureAlgorithm,
  verifyBytes,
  type AlgorithmIdentifier,
  type SignatureScheme,
} from './signatures.js';

/** A certificate, read. Byte fields are exactly as they stand in it. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly subject: string;
  readonly subjectDer: Uint8Array;
  readonly issuer: string;
  readonly issuerDer: Uint8Array;
  /** Contents of the INTEGER, sign octet included. */
  readonly serialNumber: Uint8Array;
  /** Upper-case hex without the sign octet. */
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly spki: Uint8Array;
  /** `undefined` when the extension is absent: then nothing is forbidden. */
  readonly keyUsage: readonly KeyUsage[] | undefined;
  readonly extendedKeyUsage: readonly string[];
  readonly subjectAltNames: readonly ReadGeneralName[];
  readonly isCa: boolean;
  readonly extensions: readonly Required<Extension>[];
  /** SHA-1 of the DER, upper-case hex: what Windows calls the thumbprint. */
  readonly thumbprint: string;
  readonly signature: {
    readonly algorithm: string;
    readonly tbs: Uint8Array;
    readonly bytes: Uint8Array;
    readonly scheme: SignatureScheme | undefined;
  };
}

/** Certificates read last, by their octets: those of CA and RA come with every answer. */
const recent = new Map<string, Certificate>();
const RECENT_AT_MOST = 32;

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readCertificate(der: Uint8Array): Certificate {
  const octets = Buffer.from(der).toString('latin1');
  const known = recent.get(octets);
  if (known) return known;
  const certificate = parseCertificate(der);
  const [oldest] = recent.keys();
  if (oldest !== undefined && recent.size === RECENT_AT_MOST) recent.delete(oldest);
  recent.set(octets, certificate);
  return certificate;
}

function parseCertificate(der: Uint8Array): Certificate {
  return reading('certificate', () => {
    const [tbs, algorithm, signature] = sequenceOf(readBlock(der, 'certificate'));
    const fields = sequenceOf(tbs);
    if (fields[0] && isContext(fields[0], 0)) fields.shift();
    const [serial, , issuer, validity, subject, publicKey, ...optional] = fields;
    if (!tbs || !issuer || !subject || !publicKey) {
      throw new ScepClientError('ERR_CLIENT_MALFORMED', 'certificate');
    }
    const extensionsField = optional.find((block) => isContext(block, 3));
    const extensions = extensionsField ? readExtensions(childrenOf(extensionsField)[0]) : [];
    const value = (oid: string) => extensions.find((extension) => extension.oid === oid)?.value;
    const usage = value(OID.keyUsage);
    const purposes = value(OID.extendedKeyUsage);
    const names = value(OID.subjectAltName);
    const constraints = value(OID.basicConstraints);
    const subjectDer = rawBytes(subject);
    const issuerDer = rawBytes(issuer);
    const spki = rawBytes(publicKey);
    const serialNumber = integerOf(serial);
    return {
      der: new Uint8Array(der),
      subject: formatName(subjectDer),
      subjectDer,
      issuer: formatName(issuerDer),
      issuerDer,
      serialNumber,
      serialHex: formatSerial(serialNumber),
      ...readValidity(validity),
      publicKey: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
      spki,
      keyUsage: usage && decodeKeyUsage(usage),
      extendedKeyUsage: purposes ? decodeExtendedKeyUsage(purposes) : [],
      subjectAltNames: names ? decodeGeneralNames(names) : [],
      isCa: constraints !== undefined && decodeBasicConstraints(constraints),
      extensions,
      thumbprint: toHex(hash('sha1', der)),
      signature: readSignature(readAlgorithmIdentifier(algorithm), rawBytes(tbs), bitsOf(signature)),
    };
  });
}

function readValidity(validity: Block | undefined): Pick<Certificate, 'notBefore' | 'notAfter'> {
  const [notBefore, notAfter] = sequenceOf(validity).map(dateOf);
  if (!notBefore || !notAfter) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'validity');
  return { notBefore, notAfter };
}

function readSignature(
  identifier: AlgorithmIdentifier,
  tbs: Uint8Array,
  bytes: Uint8Array,
): Certificate['signature'] {
  let scheme: SignatureScheme | undefined;
  try {
    scheme = readSignatureAlgorithm(identifier);
  } catch {
    // A certificate by an unknown algorithm is still worth showing; it only cannot be verified.
  }
  return { algorithm: identifier.algorithmId, tbs, bytes, scheme };
}

/** Hex of a serial number without its sign octet, as Windows and OpenSSL show it. */
export function formatSerial(content: Uint8Array): string {
  return toHex(content.length > 1 && content[0] === 0 ? content.subarray(1) : content);
}

/** Whether `issuer` is named by `certificate` and its key signed it. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  const { scheme, tbs, bytes } = certificate.signature;
  return (
    scheme !== undefined &&
    equalBytes(certificate.issuerDer, issuer.subjectDer) &&
    verifyBytes(issuer.publicKey, scheme, tbs, bytes)
  );
}

export const toPem = (label: string, der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};
