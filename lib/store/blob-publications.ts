/** @module The publication store on one private blob container: the app itself serves what is in it. */
import type { ContainerClient } from '@azure/storage-blob';

import {
  assertSecure,
  DEFAULT_OPERATION_TIMEOUT_MS,
  RETRY_OPTIONS,
  type StoreConnection,
} from './connection.js';
import { view } from '../base/bytes.js';
import { once } from '../base/once.js';
import { type ServiceAnswer, toStoreError, toUnavailable, toWriteError } from './store-failure.js';
import type { PublicationStore } from './store.js';

export interface BlobPublicationsOptions {
  readonly connection: StoreConnection;
  /** Milliseconds that one operation may take, retries included. Default 5000. */
  readonly operationTimeoutMs?: number;
  /** Name of the container. Default `PUBLIC_CONTAINER`. */
  readonly container?: string;
}

/** What everybody may see. */
export const PUBLIC_CONTAINER = 'public';
/** What the app keeps for itself. */
export const STATE_CONTAINER = 'state';

export function createBlobPublications(options: BlobPublicationsOptions): PublicationStore {
  const { connection, operationTimeoutMs = DEFAULT_OPERATION_TIMEOUT_MS } = options;
  const { container: name = PUBLIC_CONTAINER } = options;
  const open = once(() => openContainer(connection, name));

  async function attempt<T>(
    what: string,
    work: (container: ContainerClient, budget: AbortSignal) => Promise<T>,
  ) {
    try {
      return await work(await open(), AbortSignal.timeout(operationTimeoutMs));
    } catch (thrown) {
      throw toFailure(thrown, what);
    }
  }

  return {
    put: (name, document, contentType, replaces) =>
      attempt(`publish ${name}`, async (container, abortSignal) => {
        const bytes = view(document);
        const upload = () =>
          container.getBlockBlobClient(name).upload(bytes, bytes.length, {
            abortSignal,
            blobHTTPHeaders: { blobContentType: contentType },
            ...(replaces === undefined ? {} : { conditions: toConditions(replaces) }),
          });
        // Made when it turns out to be missing, as the table is: nothing is asked where it is there.
        await upload().catch(async (thrown: unknown) => {
          if (answerOf(thrown)?.code !== 'ContainerNotFound') throw thrown;
          await container.createIfNotExists({ abortSignal });
          await upload();
        });
      }),

    get: (name) =>
      attempt(`fetch ${name}`, async (container, abortSignal) => {
        try {
          const blob = await container.getBlockBlobClient(name).download(0, undefined, { abortSignal });
          const document = await collect(blob.readableStreamBody);
          return { document, modifiedAt: blob.lastModified ?? EPOCH, version: blob.etag ?? '' };
        } catch (thrown) {
          if (answerOf(thrown)?.status === 404) return undefined;
          throw thrown;
        }
      }),
  };
}

const toConditions = (replaces: string) =>
  replaces === 'none' ? { ifNoneMatch: '*' } : { ifMatch: replaces };

/** The service always sends Last-Modified; without it, the document counts as old. */
const EPOCH = new Date(0);

async function openContainer(connection: StoreConnection, name: string): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const { maxRetries, retryDelayInMs, maxRetryDelayInMs } = RETRY_OPTIONS;
  const options = { retryOptions: { maxTries: maxRetries + 1, retryDelayInMs, maxRetryDelayInMs } };
  if (connection.kind === 'connectionString') {
    return BlobServiceClient.fromConnectionString(connection.value, options).getContainerClient(name);
  }
  assertSecure(connection.blobsUrl);
  return new BlobServiceClient(connection.blobsUrl, connection.credential, options).getContainerClient(name);
}

async function collect(stream: NodeJS.ReadableStream | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as unknown as Uint8Array);
  return Buffer.concat(chunks);
}

/** The SDK throws a RestError; told by its fields, so that this module need not load the SDK to name its class. */
function answerOf(thrown: unknown): ServiceAnswer | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown) || typeof thrown.statusCode !== 'number')
    return undefined;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  return { status: thrown.statusCode, code };
}

/** What a condition that does not hold is answered with. */
const CHANGED: readonly number[] = [409, 412];

function toFailure(thrown: unknown, what: string): Error {
  const answer = answerOf(thrown);
  if (!answer) return toUnavailable(thrown, what);
  return CHANGED.includes(answer.status) ? toWriteError(answer, what) : toStoreError(answer, what);
}
