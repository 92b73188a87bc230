/** @module Asking OCSP about one certificate and checking the answer as a relying party does (RFC 6960 section 3.2). */
import * as pkijs from 'pkijs';
import { equalBytes } from '../../lib/base/bytes.js';
import { MINUTE_MS } from '../../lib/base/clock.js';
import { hash } from '../../dev/scep-client/algorithms.js';
import { numberOf, octetsOf, readBlock, reading, type Block } from '../../dev/scep-client/ber-reader.js';
import { element, octetString, oid, sequence } from '../../dev/scep-client/ber-writer.js';
import { isIssuedBy, readCertificate, type Certificate } from '../../dev/scep-client/certificate.js';
import { OID } from '../../dev/scep-client/oids.js';
import { readSignatureAlgorithm, verifyBytes } from '../../dev/scep-client/signatures.js';

export type OcspStatus = 'good' | 'revoked' | 'unknown';

/** Clocks may differ by this much before an answer counts as out of date. */
const TOLERANCE_MS = 5 * MINUTE_MS;
const SHA1 = '1.3.14.3.2.26';

/** OCSPRequest, DER. CertID by SHA-1, as Windows and RFC 5019 have it. */
export function encodeOcspRequest({ serialNumber }: Certificate, issuer: Certificate): Uint8Array {
  const certId = sequence(
    sequence(oid(SHA1), element(0x05)),
    octetString(hash('sha1', issuer.subjectDer)),
    octetString(hash('sha1', keyBitsOf(issuer))),
    element(0x02, serialNumber),
  );
  return sequence(sequence(sequence(sequence(certId))));
}

/** The subjectPublicKey without its count of unused bits. */
function keyBitsOf({ spki }: Certificate): Uint8Array {
  const { subjectPublicKey } = new pkijs.PublicKeyInfo({ schema: readBlock(spki, 'public key') });
  return new Uint8Array(subjectPublicKey.valueBlock.valueHexView);
}

/**
 * The status in an answer that is signed for the issuer, about the certificate, and of now.
 * @returns the status, or in words what is wrong with the answer.
 * @throws {ScepClientError} `ERR_CLIENT_MALFORMED`, `ERR_CLIENT_ALGORITHM`
 */
export function readOcspStatus(
  der: Uint8Array,
  { serialNumber }: Certificate,
  issuer: Certificate,
  now: Date,
): { readonly status: OcspStatus } | { readonly fault: string } {
  return reading('OCSP response', () => {
    const response = new pkijs.OCSPResponse({ schema: readBlock(der, 'OCSP response') });
    const code = numberOf(response.responseStatus);
    if (code !== 0 || !response.responseBytes) return { fault: `OCSP status ${String(code)}` };
    const basic = new pkijs.BasicOCSPResponse({
      schema: readBlock(octetsOf(response.responseBytes.response), 'basic OCSP response'),
    });
    if (!isSignedFor(basic, issuer)) return { fault: 'not signed by the CA or a responder of its' };
    const single = basic.tbsResponseData.responses.find(({ certID }) =>
      equalBytes(octetsOf(certID.serialNumber), serialNumber),
    );
    if (!single) return { fault: 'it is about another certificate' };
    const { thisUpdate, nextUpdate } = single;
    const certStatus = single.certStatus as Block;
    const time = now.getTime();
    if (
      thisUpdate.getTime() > time + TOLERANCE_MS ||
      (nextUpdate && nextUpdate.getTime() < time - TOLERANCE_MS)
    ) {
      return {
        fault: `out of date: ${thisUpdate.toISOString()} to ${nextUpdate?.toISOString() ?? 'no end'}`,
      };
    }
    return { status: STATUSES[certStatus.idBlock.tagNumber] ?? 'unknown' };
  });
}

const STATUSES: Readonly<Record<number, OcspStatus>> = { 0: 'good', 1: 'revoked', 2: 'unknown' };

function isSignedFor(basic: pkijs.BasicOCSPResponse, issuer: Certificate): boolean {
  const delegates = (basic.certs ?? [])
    .map((certificate) => readCertificate(new Uint8Array(certificate.toSchema().toBER())))
    .filter(
      (candidate) => candidate.extendedKeyUsage.includes(OID.ocspSigning) && isIssuedBy(candidate, issuer),
    );
  const scheme = readSignatureAlgorithm(basic.signatureAlgorithm);
  const signed = new Uint8Array(basic.tbsResponseData.tbsView);
  const signature = new Uint8Array(basic.signature.valueBlock.valueHexView);
  return [...delegates, issuer].some(({ publicKey }) => verifyBytes(publicKey, scheme, signed, signature));
}

/** For a GET: base64, percent-encoded (RFC 6960 appendix A). */
export const ocspGetUrl = (url: string, request: Uint8Array): string =>
  `${url.replace(/\/$/, '')}/${encodeURIComponent(Buffer.from(request).toString('base64'))}`;
