/** @module Everything that a run has written where people or programs may read it: tables, blobs, answers. */
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { buffer } from 'node:stream/consumers';

/** What is stored whole on purpose: certificates, which are public, and what is about to be one. */
const PUBLIC_COLUMNS: readonly string[] = ['Tbs', 'Certificate'];

/** By table. Binary values as base64, but for those that are meant to be there. */
export async function dumpTables(connectionString: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const options = { allowInsecureConnection: true };
  const service = TableServiceClient.fromConnectionString(connectionString, options);
  const tables = new Map<string, string[]>();
  for await (const { name = '' } of service.listTables()) {
    const rows: string[] = [];
    for await (const row of TableClient.fromConnectionString(
      connectionString,
      name,
      options,
    ).listEntities()) {
      const shown = Object.entries(row).filter(([column]) => !PUBLIC_COLUMNS.includes(column));
      rows.push(JSON.stringify(Object.fromEntries(shown.map(([column, value]) => [column, toText(value)]))));
    }
    tables.set(name, rows);
  }
  return tables;
}

/** Text of every blob that is JSON. */
export async function dumpDocuments(connectionString: string): Promise<readonly string[]> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const documents: string[] = [];
  for await (const { name: container } of service.listContainers()) {
    const client = service.getContainerClient(container);
    for await (const { name } of client.listBlobsFlat()) {
      if (!name.endsWith('.json') || name.startsWith('ca/')) continue;
      const { readableStreamBody } = await client.getBlobClient(name).download();
      if (readableStreamBody) documents.push((await buffer(readableStreamBody)).toString());
    }
  }
  return documents;
}

const toText = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
