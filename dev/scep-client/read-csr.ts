/** @module Reading PKCS#10 requests with pkijs: the second opinion on what a request says. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import * as pkijs from 'pkijs';
import { childrenOf, rawBytes, readBlock, reading, textOf, type Block } from './ber-reader.js';
import {
  decodeExtendedKeyUsage,
  decodeKeyUsage,
  readExtensions,
  type Extension,
  type KeyUsage,
} from './extensions.js';
import { decodeGeneralNames, type ReadGeneralName } from './general-names.js';
import { formatName } from './names.js';
import { OID } from './oids.js';
import { readSignatureAlgorithm, verifyBytes } from './signatures.js';

export interface CsrAttribute {
  readonly oid: string;
  /** Each value, DER. */
  readonly values: readonly Uint8Array[];
}

export interface Csr {
  readonly der: Uint8Array;
  readonly subject: string;
  readonly subjectDer: Uint8Array;
  readonly spki: Uint8Array;
  readonly publicKey: KeyObject;
  readonly attributes: readonly CsrAttribute[];
  /** Of all extensionRequest attributes under both OIDs, in order. */
  readonly extensions: readonly Required<Extension>[];
  readonly subjectAltNames: readonly ReadGeneralName[];
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsage: readonly string[];
  /** The first challengePassword. A secret. */
  readonly challenge: string | undefined;
  /** Enrolment name-value pairs, in order. */
  readonly nameValuePairs: readonly (readonly [string, string])[];
  readonly signatureAlgorithm: string;
  /** Whether the key that the request asks a certificate for signed it. */
  readonly isSignatureValid: boolean;
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readCsr(der: Uint8Array): Csr {
  return reading('PKCS#10 request', () => {
    const block = readBlock(der, 'PKCS#10 request');
    const parsed = new pkijs.CertificationRequest({ schema: block });
    const attributes = (parsed.attributes ?? []).map(({ type, values }) => ({
      oid: type,
      values: (values as Block[]).map(rawBytes),
    }));
    const valuesOf = (oid: string) => attributes.filter((a) => a.oid === oid).flatMap((a) => a.values);
    const extensions = [...valuesOf(OID.extensionRequest), ...valuesOf(OID.msExtensionRequest)].flatMap(
      (value) => readExtensions(readBlock(value, 'extensionRequest')),
    );
    const extension = (oid: string) => extensions.find((e) => e.oid === oid)?.value;
    const [usage, purposes, names] = [OID.keyUsage, OID.extendedKeyUsage, OID.subjectAltName].map(extension);
    const [challenge] = valuesOf(OID.challengePassword);
    const subjectDer = new Uint8Array(parsed.subject.toSchema().toBER());
    const spki = new Uint8Array(parsed.subjectPublicKeyInfo.toSchema().toBER());
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return {
      der: new Uint8Array(der),
      subject: formatName(subjectDer),
      subjectDer,
      spki,
      publicKey,
      attributes,
      extensions,
      subjectAltNames: names ? decodeGeneralNames(names) : [],
      keyUsage: usage ? decodeKeyUsage(usage) : [],
      extendedKeyUsage: purposes ? decodeExtendedKeyUsage(purposes) : [],
      challenge: challenge && textOf(readBlock(challenge, 'challengePassword')),
      nameValuePairs: valuesOf(OID.msEnrollmentNameValuePair).map(readPair),
      signatureAlgorithm: parsed.signatureAlgorithm.algorithmId,
      isSignatureValid: verifyBytes(
        publicKey,
        readSignatureAlgorithm(parsed.signatureAlgorithm),
        new Uint8Array(parsed.tbsView),
        new Uint8Array(parsed.signatureValue.valueBlock.valueHexView),
      ),
    };
  });
}

function readPair(value: Uint8Array): [string, string] {
  const [name, text] = childrenOf(readBlock(value, 'enrolment name-value pair'));
  return [textOf(name) ?? '', textOf(text) ?? ''];
}
