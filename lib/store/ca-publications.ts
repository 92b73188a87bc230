/** @module The CA certificates of a vault installation, in one document: current, next and former change together. */
import * as v from 'valibot';
import { fromBase64, toBase64 } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import type {
  CaCertificateSet,
  CaCertificateStore,
  CaRecord,
  StoredCaCertificates,
} from '../keys/ca-certificates.js';
import type { PublicationStore } from './store.js';

export const CA_DOCUMENT = 'ca/certificates.json';

const der = v.pipe(
  v.string(),
  v.base64(),
  v.transform((text) => fromBase64(text)),
);
const record = {
  certificate: der,
  chain: v.array(der),
  keyName: v.string(),
  keyVersion: v.optional(v.string()),
};
const caDocument = v.object({
  current: v.object(record),
  next: v.optional(
    v.object({
      ...record,
      cutOver: v.pipe(
        v.string(),
        v.isoTimestamp(),
        v.transform((text) => new Date(text)),
      ),
    }),
  ),
  former: v.array(v.object(record)),
});

export function createCaPublications(publications: PublicationStore): CaCertificateStore {
  async function load(): Promise<StoredCaCertificates | undefined> {
    const found = await publications.get(CA_DOCUMENT);
    return found && { set: parseCaDocument(found.document), version: found.version };
  }

  return {
    load,
    read: async () => (await load())?.set,
    save: (set, replaces) =>
      publications.put(CA_DOCUMENT, encodeCaDocument(set), 'application/json', replaces ?? 'none'),
  };
}

/** JSON with base64 DER, indented: people look at it too. */
export function encodeCaDocument({ current, next, former }: CaCertificateSet): Uint8Array {
  const json = {
    current: recordToJson(current),
    ...(next ? { next: { ...recordToJson(next), cutOver: next.cutOver.toISOString() } } : {}),
    former: former.map(recordToJson),
  };
  return Buffer.from(`${JSON.stringify(json, undefined, 2)}\n`);
}

/** @throws {SkepError} `ERR_AUTHORITY_MISSING` when the document is damaged. */
export function parseCaDocument(document: Uint8Array): CaCertificateSet {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), caDocument), Buffer.from(document).toString());
  if (!result.success)
    throw new SkepError('ERR_AUTHORITY_MISSING', { detail: `the document ${CA_DOCUMENT} is damaged` });
  const { current, next, former } = result.output;
  return {
    current: withoutUnset(current),
    ...(next ? { next: { ...withoutUnset(next), cutOver: next.cutOver } } : {}),
    former: former.map(withoutUnset),
  };
}

function recordToJson({ certificate, chain, keyName, keyVersion }: CaRecord) {
  return { certificate: toBase64(certificate), chain: chain.map(toBase64), keyName, keyVersion };
}

function withoutUnset({
  certificate,
  chain,
  keyName,
  keyVersion,
}: v.InferOutput<typeof caDocument>['current']): CaRecord {
  return { certificate, chain, keyName, ...(keyVersion === undefined ? {} : { keyVersion }) };
}
