/** @module Certificates and requests, described. */
import { oidName, type Certificate, type Csr } from '../../dev/scep-client/index.js';
import type { Extension } from '../../dev/scep-client/extensions.js';
import type { ReadGeneralName } from '../../dev/scep-client/general-names.js';
import { describeChallenge } from './challenge.js';
import { finding, type Finding } from './finding.js';

const namesOf = (names: readonly ReadGeneralName[]): string[] =>
  names.map(({ type, value }) => `${type}: ${value}`);

const extensionsOf = (extensions: readonly Required<Extension>[]): string[] =>
  extensions.map(({ oid, critical }) => `${oidName(oid)}${critical ? ' (critical)' : ''}`);

const keyOf = ({ publicKey }: Pick<Certificate, 'publicKey'>): string => {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return [publicKey.asymmetricKeyType?.toUpperCase(), modulusLength, namedCurve].filter(Boolean).join(' ');
};

export const describeCertificate = (certificate: Certificate, title = 'Certificate'): Finding =>
  finding('certificate', title, [
    ['subject', certificate.subject || '(empty)'],
    ['issuer', certificate.issuer],
    ['serialNumber', certificate.serialHex],
    ['notBefore', certificate.notBefore.toISOString()],
    ['notAfter', certificate.notAfter.toISOString()],
    ['publicKey', keyOf(certificate)],
    ['keyUsage', certificate.keyUsage?.join(', ')],
    ['extendedKeyUsage', certificate.extendedKeyUsage.map(oidName)],
    ['subjectAltNames', namesOf(certificate.subjectAltNames)],
    ['ca', certificate.isCa ? 'yes' : 'no'],
    ['extensions', extensionsOf(certificate.extensions)],
    ['thumbprint', certificate.thumbprint],
  ]);

export const describeCsr = (csr: Csr, showChallenge: boolean): Finding =>
  finding(
    'csr',
    'Certification request (PKCS#10)',
    [
      ['subject', csr.subject || '(empty)'],
      ['publicKey', keyOf(csr)],
      ['subjectAltNames', namesOf(csr.subjectAltNames)],
      ['keyUsage', csr.keyUsage.join(', ')],
      ['extendedKeyUsage', csr.extendedKeyUsage.map(oidName)],
      ['extensions', extensionsOf(csr.extensions)],
      ['attributes', csr.attributes.map(({ oid }) => oidName(oid))],
      ['nameValuePairs', csr.nameValuePairs.map(([name, value]) => `${name} = ${value}`)],
      ['signature', csr.isSignatureValid ? 'verifies: the requester has the key' : 'DOES NOT VERIFY'],
    ],
    csr.challenge === undefined ? [] : [describeChallenge(csr.challenge, showChallenge)],
  );
