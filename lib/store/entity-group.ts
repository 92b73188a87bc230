/**
 * @module The wire form of an entity group transaction: up to 100 writes to one partition, all or nothing. The SDK's
 * own builder runs a client pipeline for every single write in the group, which costs more CPU than all else that an
 * enrollment asks of the store, and it cannot delete under a condition.
 */
import type { ServiceAnswer } from './store-failure.js';

/** Column names and values as they go into JSON; binary and time columns carry an `…@odata.type` beside them. */
export type Row = Readonly<Record<string, string>>;

export type Change =
  /** Fails when the row is there. */
  | { readonly kind: 'insert'; readonly key: string; readonly row: Row }
  /** Inserts or replaces. */
  | { readonly kind: 'put'; readonly key: string; readonly row: Row }
  /** Fails unless the row has this version. */
  | { readonly kind: 'replace'; readonly key: string; readonly row: Row; readonly version: string }
  /** Fails unless the row is there, with this version if one is given. */
  | { readonly kind: 'delete'; readonly key: string; readonly version?: string };

export const GROUP_LIMIT = 100;

export interface EncodedGroup {
  readonly contentType: string;
  readonly body: string;
}

/**
 * @param tableUrl `https://…/<table>`
 * @param id makes the boundaries unique; no row can contain a line that begins with it.
 */
export function encodeGroup(
  tableUrl: string,
  partition: string,
  changes: readonly Change[],
  id: string,
): EncodedGroup {
  const parts = changes.map(
    (change) =>
      `--changeset_${id}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n` +
      encodeChange(tableUrl, partition, change),
  );
  const body =
    `--batch_${id}\r\nContent-Type: multipart/mixed; boundary=changeset_${id}\r\n\r\n` +
    `${parts.join('')}--changeset_${id}--\r\n--batch_${id}--\r\n`;
  return { contentType: `multipart/mixed; boundary=batch_${id}`, body };
}

function encodeChange(tableUrl: string, partition: string, change: Change): string {
  const headers = ['Accept: application/json;odata=minimalmetadata', 'DataServiceVersion: 3.0'];
  if (change.kind === 'replace') headers.push(`If-Match: ${change.version}`);
  if (change.kind === 'delete') headers.push(`If-Match: ${change.version ?? '*'}`);
  if (change.kind === 'delete') return request('DELETE', entityUrl(tableUrl, partition, change.key), headers);
  const body = toAscii(JSON.stringify({ PartitionKey: partition, RowKey: change.key, ...change.row }));
  headers.push('Content-Type: application/json', 'Prefer: return-no-content');
  return change.kind === 'insert'
    ? request('POST', tableUrl, headers, body)
    : request('PUT', entityUrl(tableUrl, partition, change.key), headers, body);
}

function request(method: string, url: string, headers: readonly string[], body = ''): string {
  return `${method} ${url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}\r\n`;
}

export function entityUrl(tableUrl: string, partition: string, key: string): string {
  return `${tableUrl}(PartitionKey='${encodeURIComponent(partition)}',RowKey='${encodeURIComponent(key)}')`;
}

/** Readers of multipart bodies differ in what ends a line for them; JSON can say everything in ASCII. */
function toAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The versions after the transaction, in the order of the changes (empty for a deletion), or why nothing was written. */
export type GroupOutcome = { readonly versions: readonly string[] } | { readonly failure: ServiceAnswer };

/** @param body of the 202 answer. */
export function decodeGroup(body: string, changes: number): GroupOutcome {
  const parts = body.split(/^HTTP\/1\.1 /m).slice(1);
  for (const part of parts) {
    const status = Number(part.slice(0, 3));
    if (!(status < 300)) return { failure: { status, code: errorCode(part) } };
  }
  if (parts.length !== changes) return { failure: { status: 502, code: 'IncompleteAnswer' } };
  return { versions: parts.map((part) => /^ETag: *(\S+)/im.exec(part)?.[1] ?? '') };
}

/** `odata.error.code` of an answer's body; the group's answer may put its index before the message, never the code. */
export function errorCode(text: string): string | undefined {
  return /"code"\s*:\s*"(\w+)"/.exec(text)?.[1];
}
