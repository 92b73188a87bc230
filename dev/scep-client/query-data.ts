/** @module The message data of polls and queries (RFC 8894 sections 3.3.3 and 3.3.4). */
import { childrenOf, octetsOf, rawBytes, readBlock } from './ber-reader.js';
import { integer, sequence } from './ber-writer.js';
import { formatSerial } from './certificate.js';
import { formatName } from './names.js';

/** IssuerAndSubject, of Names in DER. */
export const encodeIssuerAndSubject = (issuerDer: Uint8Array, subjectDer: Uint8Array): Uint8Array =>
  sequence(issuerDer, subjectDer);

/** IssuerAndSerialNumber, of a Name in DER and unsigned big-endian octets. */
export const encodeIssuerAndSerialNumber = (issuerDer: Uint8Array, serialNumber: Uint8Array): Uint8Array =>
  sequence(issuerDer, integer(serialNumber));

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readIssuerAndSubject(der: Uint8Array): { readonly issuer: string; readonly subject: string } {
  const [issuer, subject] = childrenOf(readBlock(der, 'IssuerAndSubject'));
  return {
    issuer: issuer ? formatName(rawBytes(issuer)) : '',
    subject: subject ? formatName(rawBytes(subject)) : '',
  };
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readIssuerAndSerialNumber(der: Uint8Array): {
  readonly issuer: string;
  readonly serialHex: string;
} {
  const [issuer, serial] = childrenOf(readBlock(der, 'IssuerAndSerialNumber'));
  return {
    issuer: issuer ? formatName(rawBytes(issuer)) : '',
    serialHex: serial ? formatSerial(octetsOf(serial)) : '',
  };
}
