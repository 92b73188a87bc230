/** @module What the management functions answer, as the commands read it. */
import * as v from 'valibot';
import { finding, type Finding } from '../inspect/finding.js';
import { CliError, EXIT } from '../terminal.js';

const Certificate = v.looseObject({
  serialNumber: v.string(),
  state: v.string(),
  subject: v.string(),
  subjectAltNames: v.array(v.string()),
  deviceId: v.optional(v.string()),
  user: v.optional(v.string()),
  endpoint: v.string(),
  transactionId: v.string(),
  thumbprint: v.optional(v.string()),
  notBefore: v.string(),
  notAfter: v.string(),
  issuedAt: v.optional(v.string()),
  deliveredAt: v.optional(v.string()),
  revocation: v.optional(v.object({ at: v.string(), reason: v.string(), by: v.string() })),
  pem: v.optional(v.string()),
});

const JournalEntry = v.looseObject({
  at: v.string(),
  endpoint: v.string(),
  transactionId: v.string(),
  messageType: v.string(),
  outcome: v.string(),
  code: v.optional(v.string()),
  detail: v.optional(v.string()),
  notes: v.optional(v.array(v.string())),
  serialNumber: v.optional(v.string()),
  subject: v.optional(v.string()),
  steps: v.array(v.object({ name: v.string(), ms: v.number() })),
});

export type Certificate = v.InferOutput<typeof Certificate>;
export type JournalEntry = v.InferOutput<typeof JournalEntry>;

export const CertificatePage = v.object({
  certificates: v.array(Certificate),
  continuation: v.optional(v.string()),
});
export const CertificateDetails = v.object({ certificate: Certificate, journal: v.array(JournalEntry) });
export const CertificateChange = v.object({ certificate: Certificate, changed: v.boolean() });
export const JournalPage = v.object({
  entries: v.array(JournalEntry),
  continuation: v.optional(v.string()),
});

export const Health = v.object({
  ok: v.boolean(),
  version: v.string(),
  parts: v.array(
    v.object({
      name: v.string(),
      ok: v.boolean(),
      text: v.string(),
      remedy: v.optional(v.string()),
      detail: v.optional(v.array(v.string()), []),
    }),
  ),
});
export const Failures = v.object({
  since: v.string(),
  causes: v.array(v.object({ code: v.string(), count: v.number(), lastAt: v.string() })),
  succeeded: v.number(),
  complete: v.boolean(),
});
export type Health = v.InferOutput<typeof Health>;
export type Failures = v.InferOutput<typeof Failures>;

/** @throws {CliError} when the server speaks another version of this. */
export function readAnswer<Schema extends v.GenericSchema>(
  schema: Schema,
  answer: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, answer);
  if (parsed.success) return parsed.output;
  throw new CliError(
    EXIT.failed,
    'ERR_ANSWER',
    'The app answered in a form that this command does not know.',
    'Use the `skep` of the version that the app runs.',
    { cause: parsed.issues },
  );
}

export function describeCertificate(certificate: Certificate, parts: readonly Finding[] = []): Finding {
  const { revocation } = certificate;
  return finding(
    'certificate',
    `Certificate ${certificate.serialNumber}`,
    [
      ['state', certificate.state],
      ['subject', certificate.subject],
      ['alternative names', certificate.subjectAltNames],
      ['device', certificate.deviceId],
      ['user', certificate.user],
      ['endpoint', certificate.endpoint],
      ['transaction', certificate.transactionId],
      ['thumbprint', certificate.thumbprint],
      ['not before', certificate.notBefore],
      ['not after', certificate.notAfter],
      ['issued', certificate.issuedAt],
      ['delivered', certificate.deliveredAt],
      ['revoked', revocation && `${revocation.at}, ${revocation.reason}, by ${revocation.by}`],
    ],
    parts,
  );
}

export function describeEntry(entry: JournalEntry): Finding {
  const { at, outcome, code, detail, notes, steps } = entry;
  return finding('journal-entry', `${at} ${entry.messageType} ${outcome}`, [
    ['endpoint', entry.endpoint],
    ['transaction', entry.transactionId],
    ['serial number', entry.serialNumber],
    ['subject', entry.subject],
    ['why', code && (detail ? `${code}: ${detail}` : code)],
    ['noticed', notes?.join(', ')],
    ['steps', steps.map(({ name, ms }) => `${name} ${ms} ms`).join(', ')],
  ]);
}
