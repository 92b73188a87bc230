/** @module Ways to spoil a challenge, each at the one stage of its making where the damage belongs. */
import { concat } from '../../../lib/base/bytes.js';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import type { InnerDocument } from './inner.js';
import { formatTimestamp, type OuterToken } from './outer.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Stages, in order. A stage that is absent does what it should. */
export interface Mutation {
  /** What it leads to. */
  readonly meaning: string;
  /** Moves the time of creation. */
  readonly shiftMs?: number;
  /** Edits the inner document; the outer fields follow it. */
  readonly inner?: (inner: InnerDocument) => InnerDocument;
  /** Replaces the plaintext. */
  readonly plaintext?: (bytes: Uint8Array) => Uint8Array;
  /** Who can decrypt it. */
  readonly recipient?: 'stranger';
  /** Who signs, and whose thumbprint is claimed. */
  readonly signer?: 'stranger';
  readonly claimedSigner?: 'stranger';
  /** Edits the sealed bytes after signing. */
  readonly sealed?: (bytes: Uint8Array) => Uint8Array;
  readonly outer?: (outer: OuterToken) => OuterToken;
  readonly xml?: (xml: string) => string;
  readonly text?: (base64: string) => string;
}

const flipLast = (bytes: Uint8Array) => {
  const last = bytes.at(-1) ?? 0;
  return concat([bytes.subarray(0, -1), Uint8Array.of(last ^ 1)]);
};

export const MUTATIONS = {
  expired: { meaning: 'ChallengeExpired', shiftMs: -24 * HOUR_MS },
  futureTimestamp: { meaning: 'ChallengeInvalidTimestamp', shiftMs: 6 * MINUTE_MS },
  badTimestamp: {
    meaning: 'ChallengeInvalidTimestamp',
    inner: (inner) => ({ ...inner, created: 'yesterday' }),
  },
  timestampMismatch: {
    meaning: 'ChallengeInvalidTimestamp',
    outer: (outer) => ({ ...outer, timestamp: formatTimestamp(new Date(0)) }),
  },
  wrongSigner: {
    meaning: 'SigningCertThumbprintMismatch',
    signer: 'stranger',
    claimedSigner: 'stranger',
  },
  forgedSignature: { meaning: 'SignatureValidationFailed', signer: 'stranger' },
  flippedCiphertext: { meaning: 'SignatureValidationFailed', sealed: flipLast },
  wrongRecipient: { meaning: 'ChallengeDecryptionError', recipient: 'stranger' },
  innerGarbage: {
    meaning: 'ChallengeDeserializationError',
    plaintext: () => Buffer.from('<not-the-inner-document/>'),
  },
  otherTenant: { meaning: 'BadTenantIdInChallenge', inner: (inner) => ({ ...inner, tenantId: NOBODY }) },
  otherDevice: { meaning: 'BadDeviceIdInChallenge', inner: (inner) => ({ ...inner, deviceId: NOBODY }) },
  outerDevice: { meaning: 'BadDeviceIdInChallenge', outer: (outer) => ({ ...outer, deviceId: NOBODY }) },
  otherUser: { meaning: 'BadUserIdInChallenge', inner: (inner) => ({ ...inner, userId: NOBODY }) },
  otherRequestId: {
    meaning: 'BadCertificateRequestIdInChallenge',
    outer: (outer) => ({ ...outer, certificateRequestId: `${outer.certificateRequestId}0` }),
  },
  truncatedBase64: { meaning: 'ChallengeDecodingError', text: (text) => text.slice(0, -3) },
  truncatedXml: {
    meaning: 'ChallengeDeserializationError',
    xml: (xml) => xml.slice(0, Math.floor(xml.length / 2)),
  },
} as const satisfies Record<string, Mutation>;

export type MutationName = keyof typeof MUTATIONS;
export const MUTATION_NAMES = Object.keys(MUTATIONS) as MutationName[];
