/**
 * @module SyncML over HTTP. A real device shows its MDM certificate in TLS; on loopback the simulator takes the Source
 * of the header at its word.
 */
import type { SimulatorRequest, SimulatorResponse } from '../http/messages.js';
import { MANAGEMENT_PATH } from '../../syncml/management-path.js';
import { SYNCML_TYPE, type DmMessage } from '../../syncml/message.js';
import { parseSyncMl, SyncMlError } from '../../syncml/parse.js';
import { renderSyncMl } from '../../syncml/render.js';
import type { DmServer } from './dm-server.js';

/** @returns undefined for a path that is not the gateway's. */
export async function handleSyncMl(
  server: DmServer,
  { method, path, header, body }: SimulatorRequest,
): Promise<SimulatorResponse | undefined> {
  if (path.toLowerCase() !== MANAGEMENT_PATH) return undefined;
  if (method !== 'POST') return plain(405, 'SyncML comes by POST', { allow: 'POST' });
  if (!(header('content-type') ?? '').toLowerCase().startsWith(SYNCML_TYPE))
    return plain(415, `the content type is not ${SYNCML_TYPE}`);
  let message: DmMessage;
  try {
    message = parseSyncMl(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    if (cause instanceof SyncMlError) return plain(400, cause.message);
    throw cause;
  }
  return {
    status: 200,
    headers: { 'content-type': `${SYNCML_TYPE}; charset=utf-8` },
    body: renderSyncMl(await server.exchange(message)),
  };
}

const plain = (
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): SimulatorResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: text,
});
