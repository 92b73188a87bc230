/** @module Intune's queue of certificates to revoke: fetch requests, report what became of them. */
import { SkepError } from '../base/errors.js';
import { isJsonObject, memberOf, parseJsonObject } from '../microsoft/json.js';
import { replyFailure, unavailable } from './replies.js';
import { SERVICES } from './services.js';
import type { HttpReply, OutgoingRequest } from '../microsoft/transport.js';

/** What a failed revocation is reported as. `retryable`: Intune asks again later. */
export const REVOCATION_ERRORS = {
  None: { number: 0, retryable: false, use: 'success' },
  NonRetryableServiceException: { number: 4000, retryable: false, use: 'any permanent failure' },
  DataSerializationError: { number: 4001, retryable: false, use: 'the request cannot be read' },
  ParameterDataInvalidError: { number: 4002, retryable: false, use: 'the serial number is malformed' },
  CryptographyError: { number: 4003, retryable: false, use: 'a CRL can never be signed' },
  CertificateNotFoundError: { number: 4004, retryable: false, use: 'the certificate is not ours' },
  ConflictError: { number: 4005, retryable: false, use: 'the certificate is in no state to be revoked' },
  NotSupportedError: { number: 4006, retryable: false, use: 'the certificate was not issued through Intune' },
  PayloadTooLargeError: { number: 4007, retryable: false, use: 'the request is too large' },
  RetryableServiceException: { number: 4100, retryable: true, use: 'the store failed' },
  ServiceUnavailableException: { number: 4101, retryable: true, use: 'the key vault is down' },
  ServiceTooBusyException: { number: 4102, retryable: true, use: 'we are throttled' },
  AuthenticationException: { number: 4103, retryable: true, use: 'our identity was refused' },
} as const satisfies Record<
  string,
  { readonly number: number; readonly retryable: boolean; readonly use: string }
>;

export type RevocationErrorCode = keyof typeof REVOCATION_ERRORS;

export interface DownloadParameters {
  /** 1 to 500. */
  readonly maxRequests: number;
  /** Only requests about this issuer; default all. */
  readonly issuerName?: string;
}

export interface RevocationRequest {
  /** Opaque; goes back unchanged with the result. Empty where Intune left it out: that one cannot be answered. */
  readonly requestContext: string;
  /** As it was given in the success notification. Empty where Intune left it out. */
  readonly serialNumber: string;
  readonly issuerName: string | undefined;
  readonly caConfiguration: string | undefined;
}

/** A failure has a code and may have a message; a success has neither. */
export type RevocationResult = { readonly requestContext: string } & (
  | { readonly succeeded: true }
  | {
      readonly succeeded: false;
      readonly errorCode: Exclude<RevocationErrorCode, 'None'>;
      readonly errorMessage?: string;
    }
);

export const MAX_REVOCATION_REQUESTS = 500;

/** @throws {SkepError} `ERR_CONFIG` when `maxRequests` is not a whole number from 1 to 500. */
export function downloadRequest(
  baseUrl: string,
  { maxRequests, issuerName }: DownloadParameters,
): OutgoingRequest {
  if (!Number.isInteger(maxRequests) || maxRequests < 1 || maxRequests > MAX_REVOCATION_REQUESTS) {
    throw new SkepError('ERR_CONFIG', { detail: `maxRequests must be 1 to ${MAX_REVOCATION_REQUESTS}` });
  }
  return revocationRequest(baseUrl, 'downloadRevocationRequests', {
    downloadParameters: { maxRequests, issuerName: issuerName ?? null },
  });
}

/**
 * Member names are read without regard to case, as Microsoft's client does. One request that is not whole keeps none of
 * the others from being read.
 * @throws {SkepError} `ERR_INTUNE_FORBIDDEN`, `ERR_VALIDATOR_UNAVAILABLE` when this is no list of requests.
 */
export function processDownloadResponse(
  reply: HttpReply,
  name = 'Intune downloadRevocationRequests',
): readonly RevocationRequest[] {
  if (reply.status !== 200) throw replyFailure(reply, name);
  const body = parseJsonObject(reply.text);
  const value = body && memberOf(body, 'value');
  if (!Array.isArray(value)) throw unavailable(`${name}: the answer has no list`);
  const requests = (value as unknown[]).map((entry) => ({
    requestContext: textMember(entry, 'requestContext') ?? '',
    serialNumber: textMember(entry, 'serialNumber') ?? '',
    issuerName: textMember(entry, 'issuerName'),
    caConfiguration: textMember(entry, 'caConfiguration'),
  }));
  if (requests.length > 0 && requests.every(({ requestContext }) => requestContext === '')) {
    throw unavailable(`${name}: no request has a context`);
  }
  return requests;
}

/** @param results at least one. */
export function uploadRequest(
  baseUrl: string,
  results: readonly [RevocationResult, ...RevocationResult[]],
): OutgoingRequest {
  return revocationRequest(baseUrl, 'uploadRevocationResults', {
    results: results.map((result) => ({
      requestContext: result.requestContext,
      succeeded: result.succeeded,
      errorCode: result.succeeded ? ('None' satisfies RevocationErrorCode) : result.errorCode,
      errorMessage: result.succeeded ? null : (result.errorMessage ?? null),
    })),
  });
}

/**
 * Returns when Intune says that it recorded the results.
 * @throws {SkepError} `ERR_INTUNE_FORBIDDEN`, `ERR_VALIDATOR_UNAVAILABLE` otherwise: upload them again.
 */
export function processUploadResponse(reply: HttpReply, name = 'Intune uploadRevocationResults'): void {
  if (reply.status !== 200) throw replyFailure(reply, name);
  const body = parseJsonObject(reply.text);
  const value = body && memberOf(body, 'value');
  const recorded = value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
  if (!recorded) throw unavailable(`${name}: the results were not recorded`);
}

function textMember(entry: unknown, name: string): string | undefined {
  const value = isJsonObject(entry) ? memberOf(entry, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function revocationRequest(baseUrl: string, action: string, body: object): OutgoingRequest {
  return {
    method: 'POST',
    url: `${baseUrl}/CertificateAuthorityRequests/${action}`,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'api-version': SERVICES.revocation.apiVersion,
    },
    body: JSON.stringify(body),
  };
}
