/** @module POST /{tenant}/oauth2/v2.0/devicecode: a code that a person types into a browser (RFC 8628 section 3.2). */
import { randomInt, randomUUID } from 'node:crypto';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { PUBLIC_CLIENTS } from '../constants.js';
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { CallNotes, Service } from '../service.js';
import { findTenant } from '../state.js';
import { refuseToken } from './errors.js';

const LIFETIME_MS: number = 15 * MINUTE_MS;
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ23456789';
const USER_CODE_LENGTH = 9;
/** Entra says 5; nobody waits here. */
const INTERVAL_SECONDS = 1;

export function handleDeviceCode(
  { state, clock }: Service,
  request: SimulatorRequest,
  tenantName: string,
  notes: CallNotes,
): SimulatorResponse {
  const now = clock.now();
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const tenant = findTenant(state, tenantName) ?? refuseToken(90002, now);
  const clientId = form.get('client_id') ?? refuseToken(900144, now);
  Object.assign(notes, { tenantId: tenant.id, clientId });
  if (!PUBLIC_CLIENTS.has(clientId)) refuseToken(700016, now);
  const userCode = Array.from({ length: USER_CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join(
    '',
  );
  const deviceCode = randomUUID();
  state.deviceCodes.set(deviceCode, {
    deviceCode,
    userCode,
    tenantId: tenant.id,
    clientId,
    scope: form.get('scope') ?? refuseToken(900144, now),
    expiresAt: new Date(now.getTime() + LIFETIME_MS).toISOString(),
    state: 'pending',
  });
  return json({
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: `${request.origin}/devicelogin`,
    expires_in: LIFETIME_MS / 1000,
    interval: INTERVAL_SECONDS,
    message: `To sign in, open ${request.origin}/devicelogin and enter the code ${userCode}.`,
  });
}
