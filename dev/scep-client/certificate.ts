/** @module Reading certificates with pkijs, and checking who signed them. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import * as pkijs from 'pkijs';
import { equalBytes, toHex } from '../../lib/base/bytes.js';
import { hash } from './algorithms.js';
import { readBlock, reading } from './ber-reader.js';
import {
  decodeBasicConstraints,
  decodeExtendedKeyUsage,
  decodeKeyUsage,
  fromPkijsExtension,
  type Extension,
  type KeyUsage,
} from './extensions.js';
import { decodeGeneralNames, type ReadGeneralName } from './general-names.js';
import { formatName } from './names.js';
import { OID } from './oids.js';
import { readSignatureAlgorithm, verifyBytes, type SignatureScheme } from './signatures.js';

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

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readCertificate(der: Uint8Array): Certificate {
  return reading('certificate', () => {
    const parsed = new pkijs.Certificate({ schema: readBlock(der, 'certificate') });
    const extensions = (parsed.extensions ?? []).map(fromPkijsExtension);
    const value = (oid: string) => extensions.find((extension) => extension.oid === oid)?.value;
    const usage = value(OID.keyUsage);
    const purposes = value(OID.extendedKeyUsage);
    const names = value(OID.subjectAltName);
    const constraints = value(OID.basicConstraints);
    const subjectDer = new Uint8Array(parsed.subject.toSchema().toBER());
    const issuerDer = new Uint8Array(parsed.issuer.toSchema().toBER());
    const spki = new Uint8Array(parsed.subjectPublicKeyInfo.toSchema().toBER());
    const serialNumber = new Uint8Array(parsed.serialNumber.valueBlock.valueHexView);
    return {
      der: new Uint8Array(der),
      subject: formatName(subjectDer),
      subjectDer,
      issuer: formatName(issuerDer),
      issuerDer,
      serialNumber,
      serialHex: formatSerial(serialNumber),
      notBefore: parsed.notBefore.value,
      notAfter: parsed.notAfter.value,
      publicKey: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
      spki,
      keyUsage: usage && decodeKeyUsage(usage),
      extendedKeyUsage: purposes ? decodeExtendedKeyUsage(purposes) : [],
      subjectAltNames: names ? decodeGeneralNames(names) : [],
      isCa: constraints !== undefined && decodeBasicConstraints(constraints),
      extensions,
      thumbprint: toHex(hash('sha1', der)),
      signature: readSignature(parsed),
    };
  });
}

function readSignature(parsed: pkijs.Certificate): Certificate['signature'] {
  let scheme: SignatureScheme | undefined;
  try {
    scheme = readSignatureAlgorithm(parsed.signatureAlgorithm);
  } catch {
    // A certificate by an unknown algorithm is still worth showing; it only cannot be verified.
  }
  return {
    algorithm: parsed.signatureAlgorithm.algorithmId,
    tbs: new Uint8Array(parsed.tbsView),
    bytes: new Uint8Array(parsed.signatureValue.valueBlock.valueHexView),
    scheme,
  };
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
