/** @module The words with which Intune answers a SCEP action. */

/** In the order of Microsoft's enumeration; the last one is returned in practice and stands in no list. */
export const RESULT_CODES = [
  'Success',
  'Unknown',
  'CertificateRequestDecodingFailed',
  'ChallengePasswordMissing',
  'ChallengeDeserializationError',
  'ChallengeDecryptionError',
  'ChallengeDecodingError',
  'ChallengeInvalidTimestamp',
  'ChallengeExpired',
  'SubjectNameMissing',
  'SubjectNameMismatch',
  'SubjectAltNameMissing',
  'SubjectAltNameMismatch',
  'KeyUsageMismatch',
  'KeyLengthMismatch',
  'EnhancedKeyUsageMissing',
  'EnhancedKeyUsageMismatch',
  'AadKeyIdentifierListMissing',
  'RegisteredKeyMismatch',
  'SigningCertThumbprintMismatch',
  'ScepProfileNoLongerTargetedToTheClient',
  'SignatureValidationFailed',
  'BadCertificateRequestIdInChallenge',
  'BadDeviceIdInChallenge',
  'BadUserIdInChallenge',
  'BadTenantIdInChallenge',
] as const;

export type ResultCode = (typeof RESULT_CODES)[number];

export interface ActionResult {
  readonly code: ResultCode;
  readonly errorDescription: string;
}

export const SUCCESS: ActionResult = { code: 'Success', errorDescription: '' };

export const refuse = (code: Exclude<ResultCode, 'Success'>, errorDescription: string): ActionResult => ({
  code,
  errorDescription,
});

/** How a certificate authority reports a revocation that it could not do: name, number, whether asking again helps. */
export const REVOCATION_ERRORS = {
  None: { number: 0, retryable: false },
  NonRetryableServiceException: { number: 4000, retryable: false },
  DataSerializationError: { number: 4001, retryable: false },
  ParameterDataInvalidError: { number: 4002, retryable: false },
  CryptographyError: { number: 4003, retryable: false },
  CertificateNotFoundError: { number: 4004, retryable: false },
  ConflictError: { number: 4005, retryable: false },
  NotSupportedError: { number: 4006, retryable: false },
  PayloadTooLargeError: { number: 4007, retryable: false },
  RetryableServiceException: { number: 4100, retryable: true },
  ServiceUnavailableException: { number: 4101, retryable: true },
  ServiceTooBusyException: { number: 4102, retryable: true },
  AuthenticationException: { number: 4103, retryable: true },
} as const satisfies Record<string, { number: number; retryable: boolean }>;

export type RevocationError = keyof typeof REVOCATION_ERRORS;

/** Reads an error code by name or by number in text; both are in production use. */
export function parseRevocationError(text: string): RevocationError | undefined {
  for (const [name, row] of Object.entries(REVOCATION_ERRORS)) {
    if (name === text || String(row.number) === text) return name as RevocationError;
  }
  return undefined;
}
