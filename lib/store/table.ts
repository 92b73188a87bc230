/**
 * @module One Azure table: point read, one page of a range, one entity group transaction. The SDK knows connection
 * strings, signs, fetches tokens and retries; it is loaded when first needed, because a cold start is waited for.
 */
import { randomUUID } from 'node:crypto';

import type { Pipeline, PipelineResponse } from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';

import { assertSecure, RETRY_OPTIONS, type StoreConnection } from './connection.js';
import { type Change, decodeGroup, encodeGroup, entityUrl, errorCode, type Row } from './entity-group.js';
import type { KeyRange } from './keys.js';
import { once } from '../base/once.js';
import { type ServiceAnswer, toStoreError, toUnavailable, toWriteError } from './store-failure.js';

export interface StoredRow {
  readonly key: string;
  readonly version: string;
  readonly columns: Row;
}

export interface RowPage {
  readonly rows: readonly StoredRow[];
  /** Where the next page begins; opaque. The service may end a page early, even an empty one. */
  readonly next?: string;
}

export interface PageQuery {
  readonly range: KeyRange;
  /** 1 to 1000. */
  readonly size: number;
  readonly next?: string | undefined;
  /** A condition on columns, in OData. */
  readonly where?: string | undefined;
}

/** All of these throw `ERR_STORE_UNAVAILABLE` on an outage; `budget` ends the operation, retries included. */
export interface Table {
  get(partition: string, key: string, budget: AbortSignal): Promise<StoredRow | undefined>;
  page(partition: string, query: PageQuery, budget: AbortSignal): Promise<RowPage>;
  /**
   * All or nothing.
   * @returns the versions after it, in the order of `changes`.
   * @throws {SkepError} `ERR_STORE_CONFLICT` when a row was not as a change expects it.
   */
  write(partition: string, changes: readonly Change[], budget: AbortSignal): Promise<readonly string[]>;
}

interface Request {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly path: (tableUrl: string, accountUrl: string) => string;
  readonly body?: (tableUrl: string) => { readonly contentType: string; readonly body: string };
}

const API_VERSION = '2019-02-02';

export function createTable(connection: StoreConnection, name: string): Table {
  const open = once(() => openTable(connection, name));

  /** The table is made when an answer says that it is missing: that costs nothing where it is there, at no start. */
  async function send(request: Request, budget: AbortSignal): Promise<PipelineResponse> {
    try {
      const table = await open();
      const response = await table.send(request, budget);
      if (!isTableMissing(response)) return response;
      await table.create(budget);
      return await table.send(request, budget);
    } catch (thrown) {
      throw toUnavailable(thrown, request.what);
    }
  }

  return {
    async get(partition, key, budget) {
      const what = `read ${key}`;
      const path = (tableUrl: string) => entityUrl(tableUrl, partition, key);
      const response = await send({ what, method: 'GET', path }, budget);
      if (response.status === 404) return undefined;
      return toStoredRow(parseBody(response, what) as Row);
    },

    async page(partition, query, budget) {
      const what = `list ${query.range.from}`;
      const path = (tableUrl: string) => `${tableUrl}()?${encodeQuery(partition, query)}`;
      const response = await send({ what, method: 'GET', path }, budget);
      const { value } = parseBody(response, what) as { value: Row[] };
      const next = nextParameters(response);
      return { rows: value.map(toStoredRow), ...(next && { next }) };
    },

    async write(partition, changes, budget) {
      const what = `write ${changes[0]?.key ?? 'nothing'}`;
      const body = (tableUrl: string) => encodeGroup(tableUrl, partition, changes, randomUUID());
      const path = (_tableUrl: string, accountUrl: string) => `${accountUrl}/$batch`;
      const response = await send({ what, method: 'POST', path, body }, budget);
      if (response.status !== 202) throw toWriteError(toAnswer(response), what);
      const outcome = decodeGroup(response.bodyAsText ?? '', changes.length);
      if ('failure' in outcome) throw toWriteError(outcome.failure, what);
      return outcome.versions;
    },
  };
}

interface OpenTable {
  send(request: Request, budget: AbortSignal): Promise<PipelineResponse>;
  create(budget: AbortSignal): Promise<void>;
}

async function openTable(connection: StoreConnection, name: string): Promise<OpenTable> {
  const [{ TableClient }, { createDefaultHttpClient, createHttpHeaders, createPipelineRequest }] =
    await Promise.all([import('@azure/data-tables'), import('@azure/core-rest-pipeline')]);
  const client = createClient(TableClient, connection, name);
  const pipeline = withoutUnused(client.pipeline);
  const http = createDefaultHttpClient();
  const accountUrl = client.url.replace(/\/$/, '');
  const tableUrl = `${accountUrl}/${name}`;

  return {
    send({ method, path, body }, budget) {
      const encoded = body?.(tableUrl);
      const headers = createHttpHeaders({
        Accept: 'application/json;odata=minimalmetadata',
        DataServiceVersion: '3.0',
        'x-ms-version': API_VERSION,
        ...(encoded && { 'Content-Type': encoded.contentType }),
      });
      const url = path(tableUrl, accountUrl);
      return pipeline.sendRequest(
        http,
        createPipelineRequest({
          method,
          url,
          headers,
          ...(encoded && { body: encoded.body }),
          abortSignal: budget,
          allowInsecureConnection: connection.kind === 'connectionString',
        }),
      );
    },
    create: (budget) => client.createTable({ abortSignal: budget }),
  };
}

function createClient(Client: typeof TableClient, connection: StoreConnection, name: string): TableClient {
  const options = { retryOptions: RETRY_OPTIONS };
  if (connection.kind === 'connectionString') {
    return Client.fromConnectionString(connection.value, name, { ...options, allowInsecureConnection: true });
  }
  assertSecure(connection.tablesUrl);
  return new Client(connection.tablesUrl, name, connection.credential, options);
}

/**
 * We write and read the bodies ourselves, and nobody traces: the policies that do it for the SDK's operations would only
 * look again.
 */
const UNUSED_POLICIES = [
  'serializationPolicy',
  'deserializationPolicy',
  'formDataPolicy',
  'multipartPolicy',
  'tracingPolicy',
] as const;

function withoutUnused(pipeline: Pipeline): Pipeline {
  const own = pipeline.clone();
  for (const name of UNUSED_POLICIES) own.removePolicy({ name });
  return own;
}

function encodeQuery(partition: string, { range, size, next, where }: PageQuery): string {
  const bounds = `PartitionKey eq '${partition}' and RowKey ge '${range.from}' and RowKey lt '${range.until}'`;
  const parameters = [
    `$filter=${encodeURIComponent(where === undefined ? bounds : `${bounds} and ${where}`)}`,
    `$top=${size}`,
  ];
  if (next !== undefined) parameters.push(next);
  return parameters.join('&');
}

/** The service's own words, ready to be sent back; it may name the partition alone. */
function nextParameters({ headers }: PipelineResponse): string | undefined {
  const given = ['NextPartitionKey', 'NextRowKey'].flatMap((name) => {
    const value = headers.get(`x-ms-continuation-${name}`);
    return value ? [`${name}=${encodeURIComponent(value)}`] : [];
  });
  return given.length > 0 ? given.join('&') : undefined;
}

function parseBody(response: PipelineResponse, what: string): unknown {
  if (response.status !== 200) throw toStoreError(toAnswer(response), what);
  return JSON.parse(response.bodyAsText ?? '{}');
}

function toStoredRow(columns: Row): StoredRow {
  return { key: columns['RowKey'] ?? '', version: columns['odata.etag'] ?? '', columns };
}

function toAnswer({ status, bodyAsText, headers }: PipelineResponse): ServiceAnswer {
  return { status, code: errorCode(bodyAsText ?? ''), retryAfter: headers.get('Retry-After') };
}

/** In a transaction the answer is 202 and the failure is inside. */
function isTableMissing({ status, bodyAsText }: PipelineResponse): boolean {
  return (status === 404 || status === 202) && errorCode(bodyAsText ?? '') === 'TableNotFound';
}
