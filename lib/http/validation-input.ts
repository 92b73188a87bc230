/** @module What a caller of the validation function may send. */
import * as v from 'valibot';
import { fromBase64 } from '../base/bytes.js';
import { readWhole, TAG } from '../pki/der.js';
import { checkJson } from './checked-json.js';

const PEM =
  /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]+)-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64, on one line or more, or PEM → DER. Only that it is one ASN.1 SEQUENCE is checked; Intune reads it. */
const certificateRequest = v.pipe(
  v.string(),
  v.maxLength(100_000),
  v.transform((text) => (PEM.exec(text)?.[1] ?? text).replace(/\s+/g, '')),
  v.nonEmpty(),
  v.regex(BASE64, 'neither base64 nor PEM'),
  v.transform(fromBase64),
  v.check(isSequence, 'no DER SEQUENCE'),
);

const text = (maxLength: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxLength));

const transaction = {
  transactionId: v.pipe(text(256), v.regex(/^[\x20-\x7e]+$/, 'not printable ASCII')),
  certificateRequest,
};

const hex = (pattern: RegExp) =>
  v.pipe(
    v.string(),
    v.regex(pattern, 'not hex of the right length'),
    v.transform((value) => value.toUpperCase()),
  );

const schema = v.variant('action', [
  v.object({ ...transaction, action: v.optional(v.literal('validate'), 'validate') }),
  v.object({
    ...transaction,
    action: v.literal('notifySuccess'),
    certificateThumbprint: hex(/^[0-9a-f]{40}$/i),
    certificateSerialNumber: hex(/^[0-9a-f]{1,40}$/i),
    certificateExpirationDateUtc: v.pipe(
      v.string(),
      v.isoTimestamp(),
      v.transform((value) => new Date(value)),
      v.check((value) => !Number.isNaN(value.getTime()), 'no date'),
    ),
    issuingCertificateAuthority: text(1000),
    caConfiguration: v.optional(v.pipe(v.string(), v.maxLength(1000)), ''),
    certificateAuthority: v.optional(v.pipe(v.string(), v.maxLength(1000)), ''),
  }),
  v.object({
    ...transaction,
    action: v.literal('notifyFailure'),
    /** Signed or unsigned. */
    hResult: v.pipe(
      v.number(),
      v.integer(),
      v.minValue(-(2 ** 31)),
      v.maxValue(2 ** 32 - 1),
      v.transform((value) => value | 0),
    ),
    errorDescription: text(2000),
  }),
]);

export type ValidationInput = v.InferOutput<typeof schema>;

/**
 * @param body parsed JSON.
 * @throws {SkepError} `ERR_HTTP_BODY`; the detail names the member and what is wrong with it, never its value.
 */
export function parseValidationInput(body: unknown): ValidationInput {
  return checkJson(schema, body);
}

function isSequence(bytes: Uint8Array): boolean {
  try {
    readWhole(bytes, TAG.sequence);
    return true;
  } catch {
    return false;
  }
}
