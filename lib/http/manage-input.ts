/** @module What a caller of the management functions may send. */
import * as v from 'valibot';
import { SkepError } from '../base/errors.js';
import type { JournalQuery, JournalQueryBy } from '../journal/recorder.js';
import type { PermanentReason } from '../revocation/revoker.js';
import { parseSerialNumber } from '../revocation/serial-number.js';
import { CERTIFICATE_STATES, REVOCATION_REASONS } from '../store/states.js';
import type { SearchBy, SearchQuery } from '../store/store.js';
import { checkJson } from './checked-json.js';

const PERMANENT_REASONS: readonly PermanentReason[] = Object.keys(REVOCATION_REASONS).filter(
  (reason): reason is PermanentReason => reason !== 'certificateHold',
);

const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(1000));
const time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/, 'no date or UTC time of ISO 8601'),
  v.transform((value) => new Date(value)),
  v.check((value) => !Number.isNaN(value.getTime()), 'no such date'),
);
const serialNumber = v.pipe(
  text,
  v.check((value) => parseSerialNumber(value) !== undefined, 'no serial number in hex'),
  v.transform((value) => parseSerialNumber(value) ?? ''),
);
const paging = {
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500))),
  continuation: v.optional(text),
};

const searchSchema = v.strictObject({
  serialNumber: v.optional(serialNumber),
  thumbprint: v.optional(
    v.pipe(
      text,
      v.transform((value) => value.replace(/[:\s]/g, '').toUpperCase()),
    ),
  ),
  subject: v.optional(text),
  deviceId: v.optional(text),
  user: v.optional(text),
  transactionId: v.optional(text),
  state: v.optional(v.picklist(CERTIFICATE_STATES)),
  expiresAfter: v.optional(time),
  expiresBefore: v.optional(time),
  ...paging,
});

/** Either one certificate by its name, or a search. */
export type CertificateQuery = { readonly serialNumber: string } | { readonly query: SearchQuery };

/** @param body parsed JSON: one criterion, and how much. @throws {SkepError} `ERR_HTTP_BODY` */
export function parseCertificateQuery(body: unknown): CertificateQuery {
  const { limit, continuation, serialNumber, expiresAfter, expiresBefore, ...input } = checkJson(
    searchSchema,
    body,
  );
  const { thumbprint, subject, deviceId, user, transactionId, state } = input;
  const range = expiresAfter ?? expiresBefore;
  const by = onlyOne<SearchBy | { readonly serialNumber: string }>([
    serialNumber !== undefined && { serialNumber },
    thumbprint !== undefined && { thumbprint },
    subject !== undefined && { subject },
    deviceId !== undefined && { deviceId },
    user !== undefined && { user },
    transactionId !== undefined && { transactionId },
    state !== undefined && { state },
    range !== undefined && { expiresAfter: expiresAfter ?? EPOCH, expiresBefore: expiresBefore ?? END },
  ]);
  return 'serialNumber' in by ? by : { query: { by, ...page(limit, continuation) } };
}

const journalSchema = v.strictObject({
  transactionId: v.optional(text),
  serialNumber: v.optional(serialNumber),
  deviceId: v.optional(text),
  from: v.optional(time),
  until: v.optional(time),
  ...paging,
});

/** @param body parsed JSON: one criterion, and how much. @throws {SkepError} `ERR_HTTP_BODY` */
export function parseJournalQuery(body: unknown): JournalQuery {
  const { limit, continuation, transactionId, serialNumber, deviceId, from, until } = checkJson(
    journalSchema,
    body,
  );
  const range = from ?? until;
  const by = onlyOne<JournalQueryBy>([
    transactionId !== undefined && { transactionId },
    serialNumber !== undefined && { serialNumber },
    deviceId !== undefined && { deviceId },
    range !== undefined && { from: from ?? EPOCH, until: until ?? END },
  ]);
  return { by, ...page(limit, continuation) };
}

const logSchema = v.strictObject({
  from: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 1000),
});

/** @param body parsed JSON: `{ from, limit? }`. @throws {SkepError} `ERR_HTTP_BODY` */
export function parseLogQuery(body: unknown): { readonly from: number; readonly limit: number } {
  return checkJson(logSchema, body);
}

const revokeSchema = v.strictObject({ reason: v.optional(v.picklist(PERMANENT_REASONS), 'unspecified') });

/** @param body parsed JSON: `{ reason? }`, default `unspecified`. @throws {SkepError} `ERR_HTTP_BODY` */
export function parseRevocation(body: unknown): { readonly reason: PermanentReason } {
  return checkJson(revokeSchema, body);
}

const EPOCH = new Date(0);
/** Keys hold years of four digits. */
const END = new Date('9999-01-01T00:00:00Z');

function page(limit: number | undefined, continuation: string | undefined) {
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(continuation === undefined ? {} : { continuation }),
  };
}

function onlyOne<T>(given: readonly (T | false)[]): T {
  const [first, ...others] = given.filter((one): one is T => one !== false);
  if (first !== undefined && others.length === 0) return first;
  throw new SkepError('ERR_HTTP_BODY', { detail: 'body: expected one criterion to search by' });
}
