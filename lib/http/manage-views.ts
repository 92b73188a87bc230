/** @module Certificates as callers of the management functions see them. */
import { hash } from 'node:crypto';
import { encodePem } from '../pki/pem.js';
import type { CertificateRecord } from '../store/store.js';

/** Everything but the bytes and what only the store needs. Dates become ISO 8601 in JSON. */
export function viewCertificate(record: CertificateRecord) {
  const { revocation } = record;
  return {
    serialNumber: record.serialNumber,
    state: record.state,
    subject: record.subject,
    subjectAltNames: record.subjectAltNames,
    deviceId: record.deviceId,
    user: record.user,
    endpoint: record.endpoint,
    transactionId: record.transactionId,
    thumbprint: record.thumbprint,
    /** SHA-256 of what was, or is about to be, signed; then of the certificate. */
    signedHash: hash('sha256', record.tbs).toUpperCase(),
    sha256: record.certificate && hash('sha256', record.certificate).toUpperCase(),
    notBefore: record.notBefore,
    notAfter: record.notAfter,
    reservedAt: record.reservedAt,
    issuedAt: record.issuedAt,
    deliveredAt: record.deliveredAt,
    revocation: revocation && { at: revocation.at, reason: revocation.reason, by: revocation.by },
  };
}

/** With the certificate itself, PEM, once there is one. */
export function viewWholeCertificate(record: CertificateRecord) {
  const { certificate } = record;
  return { ...viewCertificate(record), pem: certificate && encodePem('CERTIFICATE', certificate) };
}
