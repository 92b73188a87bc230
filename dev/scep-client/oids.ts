/** @module Object identifiers that a SCEP client writes or reads, by the names of their standards. */
import { DIGESTS } from './algorithms.js';

export const OID = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsaesOaep: '1.2.840.113549.1.1.7',
  mgf1: '1.2.840.113549.1.1.8',
  rsassaPss: '1.2.840.113549.1.1.10',
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  challengePassword: '1.2.840.113549.1.9.7',
  extensionRequest: '1.2.840.113549.1.9.14',
  cmsAlgorithmProtection: '1.2.840.113549.1.9.52',
  messageType: '2.16.840.1.113733.1.9.2',
  pkiStatus: '2.16.840.1.113733.1.9.3',
  failInfo: '2.16.840.1.113733.1.9.4',
  senderNonce: '2.16.840.1.113733.1.9.5',
  recipientNonce: '2.16.840.1.113733.1.9.6',
  transactionId: '2.16.840.1.113733.1.9.7',
  failInfoText: '1.3.6.1.5.5.7.24.1',
  msExtensionRequest: '1.3.6.1.4.1.311.2.1.14',
  msEnrollmentNameValuePair: '1.3.6.1.4.1.311.13.2.1',
  msEnrollmentCsp: '1.3.6.1.4.1.311.13.2.2',
  msOsVersion: '1.3.6.1.4.1.311.13.2.3',
  msRequestClientInfo: '1.3.6.1.4.1.311.21.20',
  /** szOID_ENROLL_SCEP_ERROR: NDES puts the HRESULT there as decimal text, and Windows shows it. */
  msScepError: '1.3.6.1.4.1.311.21.38',
  msNtdsCaSecurity: '1.3.6.1.4.1.311.25.2',
  msUserPrincipalName: '1.3.6.1.4.1.311.20.2.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  certificateRequestAgent: '1.3.6.1.4.1.311.20.2.1',
} as const;

const ECDSA_NAMES = {
  'ecdsa-with-SHA1': '1.2.840.10045.4.1',
  'ecdsa-with-SHA256': '1.2.840.10045.4.3.2',
  'ecdsa-with-SHA384': '1.2.840.10045.4.3.3',
  'ecdsa-with-SHA512': '1.2.840.10045.4.3.4',
};

const NAMES = new Map<string, string>([
  ...[...Object.entries(OID), ...Object.entries(ECDSA_NAMES)].map(
    ([name, dotted]) => [dotted, name] as const,
  ),
  ...Object.entries(DIGESTS).flatMap(
    ([name, row]) =>
      [
        [row.oid, name],
        [row.signatureOid, `${name}WithRSAEncryption`],
      ] as const,
  ),
]);

/** The standard's name of an OID, or the OID itself. */
export const oidName = (dotted: string): string => NAMES.get(dotted) ?? dotted;
