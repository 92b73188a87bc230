/** @module The device's way to its MDM server: one POST for each message. */
import type { DmExchange } from './message.js';
import { SYNCML_TYPE } from './message.js';
import { parseSyncMl } from './parse.js';
import { renderSyncMl } from './render.js';

export interface HttpExchangeOptions {
  /** The management URL that the device got when it was enrolled. */
  readonly url: string;
  /** Default: the global fetch. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Default 30 000. */
  readonly timeoutMs?: number;
}

/** Windows' OMA DM client names itself so. */
const USER_AGENT = 'MSFT OMA DM Client/1.2.0.1';

/**
 * The exchange throws {@link SyncMlError} for an answer that is no SyncML, Error for any HTTP status but 200, and what
 * fetch throws.
 */
export function createHttpExchange({
  url,
  fetch = globalThis.fetch,
  timeoutMs = 30_000,
}: HttpExchangeOptions): DmExchange {
  return async (message) => {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': `${SYNCML_TYPE}; charset=utf-8`,
        accept: SYNCML_TYPE,
        'user-agent': USER_AGENT,
      },
      body: renderSyncMl(message),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`the MDM server answered HTTP ${response.status}`);
    return parseSyncMl(text);
  };
}
