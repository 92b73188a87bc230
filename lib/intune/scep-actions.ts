/** @module Intune's three SCEP actions: their requests, and the one form of their answers. */
import { toBase64 } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-codes.js';
import { parseJsonObject } from '../microsoft/json.js';
import { replyFailure, unavailable } from './replies.js';
import { refusalCode, SUCCESS } from './result-codes.js';
import { SERVICES } from './services.js';
import type { HttpReply, OutgoingRequest } from '../microsoft/transport.js';

/** What every action names. */
export interface ScepTransaction {
  /** The SCEP transactionID, for correlation only. */
  readonly transactionId: string;
  /** PKCS#10, DER, exactly the bytes that came out of the envelope: Intune reads the challenge from them. */
  readonly csr: Uint8Array;
}

export interface SuccessNotice extends ScepTransaction {
  /** SHA-1 of the certificate's DER, 40 upper-case hex digits. */
  readonly certificateThumbprint: string;
  /** Upper-case hex, big-endian; revocation requests bring it back. */
  readonly certificateSerialNumber: string;
  readonly certificateExpirationDate: Date;
  /** Name of the issuer; always the same text, for revocation requests are filtered by it. */
  readonly issuingCertificateAuthority: string;
  /** Free text that revocation requests bring back, e.g. the id of this CA. */
  readonly caConfiguration?: string;
  /** Free text: the CA's name. */
  readonly certificateAuthority?: string;
}

export interface FailureNotice extends ScepTransaction {
  /** Signed 32-bit HRESULT; Intune's console shows it. */
  readonly hResult: number;
  /** What is beyond 255 characters is cut off. Must not be empty. */
  readonly errorDescription: string;
}

export interface ActionResult {
  /** `Success`, or Intune's name for what is wrong. */
  readonly code: string;
  readonly description: string;
}

/** An `ActionResult`, judged. */
export type Ruling =
  | { readonly granted: true; readonly resultCode: string }
  | {
      readonly granted: false;
      readonly code: ErrorCode;
      /** Intune's own code, whatever it is. */
      readonly resultCode: string;
      readonly detail: string;
    };

const MAX_ERROR_DESCRIPTION = 255;
const MAX_DETAIL = 500;

/**
 * Asks whether a request is genuine. Free of effects on Intune's side, so it may be repeated.
 * @param baseUrl of the SCEP service, without trailing slash.
 * @param callerInfo our product name and version.
 */
export function validationRequest(
  baseUrl: string,
  callerInfo: string,
  { transactionId, csr }: ScepTransaction,
): OutgoingRequest {
  const request = { transactionId, certificateRequest: toBase64(csr), callerInfo };
  return actionRequest(baseUrl, 'validateRequest', { request });
}

/** Tells Intune of a certificate, before the device gets it. */
export function successNotificationRequest(
  baseUrl: string,
  callerInfo: string,
  notice: SuccessNotice,
): OutgoingRequest {
  const notification = {
    transactionId: notice.transactionId,
    certificateRequest: toBase64(notice.csr),
    certificateThumbprint: notice.certificateThumbprint,
    certificateSerialNumber: notice.certificateSerialNumber,
    certificateExpirationDateUtc: notice.certificateExpirationDate.toISOString(),
    issuingCertificateAuthority: notice.issuingCertificateAuthority,
    callerInfo,
    caConfiguration: notice.caConfiguration ?? '',
    certificateAuthority: notice.certificateAuthority ?? '',
  };
  return actionRequest(baseUrl, 'successNotification', { notification });
}

/** Tells Intune that a request it granted failed here. */
export function failureNotificationRequest(
  baseUrl: string,
  callerInfo: string,
  notice: FailureNotice,
): OutgoingRequest {
  const notification = {
    transactionId: notice.transactionId,
    certificateRequest: toBase64(notice.csr),
    callerInfo,
    hResult: notice.hResult,
    errorDescription: notice.errorDescription.slice(0, MAX_ERROR_DESCRIPTION),
  };
  return actionRequest(baseUrl, 'failureNotification', { notification });
}

/**
 * Reads the answer to any of the three. A refusal is HTTP 200 with another code, so the status alone says nothing.
 * @throws {SkepError} `ERR_INTUNE_FORBIDDEN` for 401 and 403; `ERR_VALIDATOR_UNAVAILABLE` for any other status than
 *   200, and for an answer that is no JSON object with a `code`.
 */
export function processScepActionResponse(reply: HttpReply, name = 'Intune'): ActionResult {
  if (reply.status !== 200) throw replyFailure(reply, name);
  const body = parseJsonObject(reply.text);
  const code = body?.['code'];
  if (!body || typeof code !== 'string' || code === '') {
    throw unavailable(`${name} answered HTTP 200 without a result code`);
  }
  const description = body['errorDescription'];
  return { code, description: typeof description === 'string' ? description : '' };
}

/** Only `Success`, exactly, is a yes. @param refusedAs our code for a no; default: what `refusalCode` says. */
export function judge({ code, description }: ActionResult, refusedAs?: ErrorCode): Ruling {
  if (code === SUCCESS) return { granted: true, resultCode: code };
  const detail = (description ? `${code}: ${description}` : code).slice(0, MAX_DETAIL);
  return { granted: false, code: refusedAs ?? refusalCode(code), resultCode: code, detail };
}

function actionRequest(baseUrl: string, action: string, body: object): OutgoingRequest {
  return {
    method: 'POST',
    url: `${baseUrl}/ScepActions/${action}`,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'api-version': SERVICES.scep.apiVersion },
    body: JSON.stringify(body),
  };
}
