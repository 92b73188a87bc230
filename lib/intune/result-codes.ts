/** @module Intune's result codes. The names are Microsoft's; nothing more is published, so the rest is our reading. */
import type { ErrorCode } from '../base/error-codes.js';

interface ResultCode {
  readonly means: string;
  /** `security` is what an attack looks like. */
  readonly severity: 'info' | 'warn' | 'security' | 'error';
  /**
   * The SCEP failInfo that says most (RFC 8894 section 3.2.1.4.5), where an endpoint may be that open. By default
   * devices are told badRequest, whatever the code.
   */
  readonly failInfo: 'badAlg' | 'badMessageCheck' | 'badRequest' | 'badTime';
  readonly remedy: string;
}

const LOOK_AT_DEVICE = 'A genuine device does not do this. Look at the device named in the log.';
const COMPARE_PROFILE =
  'Compare the request with the profile. If genuine devices fail, look for an escaped + , ; or = in the profile’s subject.';

export const RESULT_CODES = {
  Success: { severity: 'info', failInfo: 'badRequest', means: 'Accepted.', remedy: 'None needed.' },
  Unknown: {
    severity: 'error',
    failInfo: 'badRequest',
    means: 'Intune failed without saying why.',
    remedy: 'Wait for the device’s next sync; give Microsoft the client-request-id if it lasts.',
  },
  CertificateRequestDecodingFailed: {
    severity: 'error',
    failInfo: 'badRequest',
    means: 'Intune cannot decode the certification request.',
    remedy: 'Report it: the request decoded here, so it should decode there.',
  },
  ChallengePasswordMissing: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The request has no challengePassword attribute.',
    remedy: 'Enroll through an Intune SCEP profile.',
  },
  ChallengeDeserializationError: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The challenge is not one of Intune’s, or was altered.',
    remedy: 'Send clients with a static challenge to the static endpoint.',
  },
  ChallengeDecryptionError: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'Intune cannot decrypt the challenge: altered, very old, or from another cloud.',
    remedy: 'Check that the app belongs to the same cloud and tenant as the device.',
  },
  ChallengeDecodingError: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The challenge is not valid base64.',
    remedy: 'Look for a proxy or a client that cuts or recodes the challenge.',
  },
  ChallengeInvalidTimestamp: {
    severity: 'warn',
    failInfo: 'badTime',
    means: 'The challenge’s time of creation is missing or implausible.',
    remedy: LOOK_AT_DEVICE,
  },
  ChallengeExpired: {
    severity: 'info',
    failInfo: 'badTime',
    means: 'The challenge is more than an hour old.',
    remedy: 'The device’s next sync brings a new one. If many fail, look for what delayed them.',
  },
  SubjectNameMissing: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The request has no subject where the profile demands one.',
    remedy: COMPARE_PROFILE,
  },
  SubjectNameMismatch: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'The subject is not the one that the profile yields for this device.',
    remedy: COMPARE_PROFILE,
  },
  SubjectAltNameMissing: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'A subject alternative name of the profile is missing from the request.',
    remedy: COMPARE_PROFILE,
  },
  SubjectAltNameMismatch: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'The subject alternative names are not those that the profile yields for this device.',
    remedy: 'If the device was renamed just now, its next sync puts it right. Otherwise look at the device.',
  },
  KeyUsageMismatch: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'The key usage differs from the profile.',
    remedy: LOOK_AT_DEVICE,
  },
  KeyLengthMismatch: {
    severity: 'security',
    failInfo: 'badAlg',
    means: 'The size of the key differs from the profile.',
    remedy: 'Check whether the device’s key storage can make keys of the profile’s size.',
  },
  EnhancedKeyUsageMissing: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'The request has no extended key usage.',
    remedy: LOOK_AT_DEVICE,
  },
  EnhancedKeyUsageMismatch: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'The extended key usage differs from the profile.',
    remedy: LOOK_AT_DEVICE,
  },
  AadKeyIdentifierListMissing: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The profile demands a registered key (Windows Hello), and none is known for this device.',
    remedy: 'Let the user set up Windows Hello for Business on the device, then sync.',
  },
  RegisteredKeyMismatch: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'The key is not one of the keys registered for this device.',
    remedy: LOOK_AT_DEVICE,
  },
  SigningCertThumbprintMismatch: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The challenge names a signer that is not Intune’s.',
    remedy:
      'Intune may have changed its key: the next sync brings a new challenge. Otherwise look at the device.',
  },
  ScepProfileNoLongerTargetedToTheClient: {
    severity: 'info',
    failInfo: 'badRequest',
    means: 'The profile is no longer assigned to the device or user.',
    remedy: 'Assign the profile again if that was not meant.',
  },
  SignatureValidationFailed: {
    severity: 'security',
    failInfo: 'badMessageCheck',
    means: 'The signature of the challenge does not verify.',
    remedy: LOOK_AT_DEVICE,
  },
  BadCertificateRequestIdInChallenge: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The challenge’s request id is malformed or belongs to another request.',
    remedy: LOOK_AT_DEVICE,
  },
  BadDeviceIdInChallenge: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The challenge’s device is unknown, retired, or another one.',
    remedy: 'Check in Intune whether the device is still enrolled.',
  },
  BadUserIdInChallenge: {
    severity: 'warn',
    failInfo: 'badRequest',
    means: 'The challenge’s user is unknown or another one.',
    remedy: 'Check in Intune whether the user still owns the device.',
  },
  // Not in Microsoft's published list, but the service answers it.
  BadTenantIdInChallenge: {
    severity: 'security',
    failInfo: 'badRequest',
    means: 'The challenge is from another tenant than our identity.',
    remedy: 'Check the tenant setting. If it is right, somebody tries another tenant’s challenge here.',
  },
} as const satisfies Record<string, ResultCode>;

export type KnownResultCode = keyof typeof RESULT_CODES;

/** The one code that means yes; compared exactly, as the reference client does. */
export const SUCCESS = 'Success' satisfies KnownResultCode;

/** The row of a code; `undefined` for a code that Microsoft added since, which is a refusal like the others. */
export function lookUpResultCode(code: string): ResultCode | undefined {
  return Object.hasOwn(RESULT_CODES, code) ? RESULT_CODES[code as KnownResultCode] : undefined;
}

/** Our code for a refused validation. */
export function refusalCode(code: string): ErrorCode {
  return code === ('ChallengeExpired' satisfies KnownResultCode)
    ? 'ERR_INTUNE_EXPIRED'
    : 'ERR_INTUNE_REFUSED';
}
