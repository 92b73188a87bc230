/** @module Writing OCSP responses (RFC 6960 section 4.2). */
import type { SignatureAlgorithm } from '../keys/signer.js';
import { SIGNATURES } from './algorithms.js';
import {
  bitString,
  context,
  contextPrimitive,
  encode,
  generalizedTime,
  octetString,
  oid,
  sequence,
  TAG,
} from './der.js';
import { extension } from './extensions.js';
import { OID } from './oids.js';

/** OCSPResponseStatus; `sigRequired` is no answer of ours: whoever asks may know. */
export const OCSP_RESPONSE_STATUS = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
} as const;

export type OcspResponseStatus = keyof typeof OCSP_RESPONSE_STATUS;

/** CertStatus; `reason` is a CRLReason, and 0 (unspecified) is left out. */
export type OcspCertStatus =
  | { readonly status: 'good' | 'unknown' }
  | { readonly status: 'revoked'; readonly since: Date; readonly reason: number };

export interface SingleResponse {
  /** CertID, DER, as it was asked. */
  readonly certId: Uint8Array;
  readonly certStatus: OcspCertStatus;
  /** Whole seconds; fractions are cut: some clients (Check Point) refuse them. */
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

export interface ResponseDataFields {
  /** SHA-1 of the responder's public key bits: the responder names itself by key. */
  readonly responderKeyHash: Uint8Array;
  readonly producedAt: Date;
  readonly responses: readonly SingleResponse[];
  /** Value of the nonce extension, as it was asked. */
  readonly nonce: Uint8Array | undefined;
}

const GOOD = contextPrimitive(0, new Uint8Array());
const UNKNOWN = contextPrimitive(2, new Uint8Array());

/** ResponseData, DER: what the responder signs. */
export function encodeResponseData(fields: ResponseDataFields): Uint8Array {
  return sequence(
    context(2, octetString(fields.responderKeyHash)),
    generalizedTime(fields.producedAt),
    sequence(...fields.responses.map(encodeSingleResponse)),
    ...(fields.nonce ? [context(1, sequence(extension(OID.ocspNonce, fields.nonce)))] : []),
  );
}

function encodeSingleResponse(single: SingleResponse): Uint8Array {
  return sequence(
    single.certId,
    encodeCertStatus(single.certStatus),
    generalizedTime(single.thisUpdate),
    context(0, generalizedTime(single.nextUpdate)),
  );
}

function encodeCertStatus(certStatus: OcspCertStatus): Uint8Array {
  if (certStatus.status !== 'revoked') return certStatus.status === 'good' ? GOOD : UNKNOWN;
  const { since, reason } = certStatus;
  return context(
    1,
    generalizedTime(since),
    ...(reason === 0 ? [] : [context(0, encode(TAG.enumerated, Uint8Array.of(reason)))]),
  );
}

/** OCSPResponse of status `successful` around a BasicOCSPResponse, DER. */
export function encodeOcspResponse(
  responseData: Uint8Array,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
  responderCertificate: Uint8Array,
): Uint8Array {
  const basic = sequence(
    responseData,
    SIGNATURES[algorithm].identifier,
    bitString(signature),
    context(0, sequence(responderCertificate)),
  );
  return sequence(responseStatus('successful'), context(0, sequence(oid(OID.ocspBasic), octetString(basic))));
}

/** OCSPResponse that carries an error and nothing else, unsigned (RFC 6960 section 2.3). DER. */
export function encodeOcspError(status: Exclude<OcspResponseStatus, 'successful'>): Uint8Array {
  return sequence(responseStatus(status));
}

function responseStatus(status: OcspResponseStatus): Uint8Array {
  return encode(TAG.enumerated, Uint8Array.of(OCSP_RESPONSE_STATUS[status]));
}
