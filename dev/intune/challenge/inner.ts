/** @module The plaintext inside a challenge. Intune's own was never published: this form is the simulator's alone. */
import * as v from 'valibot';
import { concat } from '../../../lib/base/bytes.js';
import type { Expectation } from '../model.js';

const FORMAT = 'skep-intune-simulator/1';

const expectation = v.object({
  subject: v.array(
    v.array(v.object({ type: v.string(), value: v.string(), escaped: v.exactOptional(v.literal(true)) })),
  ),
  alternativeNames: v.array(
    v.object({ type: v.picklist(['rfc822', 'dns', 'uri', 'ip', 'upn']), value: v.string() }),
  ),
  keyUsage: v.number(),
  extendedKeyUsages: v.array(v.string()),
  keyLength: v.number(),
  validity: v.object({ unit: v.picklist(['Days', 'Months', 'Years']), count: v.number() }),
  registeredKeyIds: v.nullable(v.array(v.string())),
});

const schema = v.object({
  format: v.literal(FORMAT),
  password: v.string(),
  tenantId: v.string(),
  deviceId: v.string(),
  userId: v.nullable(v.string()),
  profileId: v.string(),
  requestId: v.string(),
  /** As the outer Timestamp writes it. */
  created: v.string(),
  intervalMinutes: v.number(),
  expectation,
});

export interface InnerDocument {
  /** Base64 of random bytes; nothing compares it. */
  readonly password: string;
  readonly tenantId: string;
  readonly deviceId: string;
  readonly userId: string | null;
  readonly profileId: string;
  readonly requestId: string;
  readonly created: string;
  readonly intervalMinutes: number;
  readonly expectation: Expectation;
}

/** Makes a challenge of about 5 kB, the size of a real one, so that limits on size are met here and not in production. */
const PADDED_LENGTH = 1400;

export function encodeInner(inner: InnerDocument): Uint8Array {
  const text = Buffer.from(JSON.stringify({ format: FORMAT, ...inner }));
  // JSON allows white space at its end.
  return concat([text, Buffer.alloc(Math.max(0, PADDED_LENGTH - text.length), ' ')]);
}

/** @returns undefined when the bytes are not such a document. */
export function parseInner(bytes: Uint8Array): InnerDocument | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
