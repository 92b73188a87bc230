/** @module How to reach the storage account: with a managed identity, or with a connection string where there is none. */
import type { TokenCredential } from '@azure/core-auth';

import { SkepError } from '../base/errors.js';

export type StoreConnection =
  | { readonly kind: 'connectionString'; readonly value: string }
  | {
      readonly kind: 'identity';
      /** `https://<account>.table.core.windows.net` */
      readonly tablesUrl: string;
      /** `https://<account>.blob.core.windows.net` */
      readonly blobsUrl: string;
      readonly credential: TokenCredential;
    };

/** No device waits longer than this for one operation of the store, retries included. */
export const DEFAULT_OPERATION_TIMEOUT_MS = 5_000;

/** Few and quick, because the device itself comes back; the budget of the operation ends them anyway. */
export const RETRY_OPTIONS = { maxRetries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 1_000 } as const;

/** Plain HTTP is for the emulator, which is always named by a connection string; a token never travels over it. */
export function assertSecure(url: string): void {
  if (!url.startsWith('https://'))
    throw new SkepError('ERR_CONFIG', { detail: 'the storage URL must be https' });
}
