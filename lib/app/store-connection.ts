/** @module How storage is reached: by the app's own identity, or by a connection string. */
import type { TokenCredential } from '@azure/core-auth';
import { SkepError } from '../base/errors.js';
import type { StoreConnection } from '../store/connection.js';
import type { Settings } from './settings.js';

/**
 * Where tables and blobs are, and who we are to them.
 * @throws {SkepError} `ERR_CONFIG`
 */
export function storeConnection(settings: Settings, credential: TokenCredential): StoreConnection {
  const { SKEP_STORAGE_CONNECTION: value, SKEP_TABLES_URL: tablesUrl, SKEP_BLOBS_URL: blobsUrl } = settings;
  if (value) return { kind: 'connectionString', value };
  if (!tablesUrl || !blobsUrl)
    throw new SkepError('ERR_CONFIG', { detail: 'SKEP_TABLES_URL and SKEP_BLOBS_URL' });
  return { kind: 'identity', tablesUrl, blobsUrl, credential };
}
