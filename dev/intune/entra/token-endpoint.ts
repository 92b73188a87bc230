/** @module POST /{tenant}/oauth2/v2.0/token: a token for an app, or for an app in the name of a person. */
import { RESOURCES, type Resource } from '../constants.js';
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { CallNotes, Service } from '../service.js';
import { findTenant } from '../state.js';
import { authenticateClient } from './client-authentication.js';
import { refuseToken } from './errors.js';
import { findResource, grantToken } from './grants.js';
import { grantToPerson, PERSON_GRANTS } from './person-grants.js';

const LIFETIME_SECONDS = 3599;
const DEFAULT_SCOPE = '/.default';

export async function handleTokenRequest(
  service: Service,
  request: SimulatorRequest,
  tenantName: string,
  notes: CallNotes,
): Promise<SimulatorResponse> {
  const now = service.clock.now();
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const tenant = findTenant(service.state, tenantName) ?? refuseToken(90002, now);
  notes.tenantId = tenant.id;
  const clientId = form.get('client_id') ?? refuseToken(900144, now);
  notes.clientId = clientId;
  const grantType = form.get('grant_type') ?? '';
  const person = PERSON_GRANTS[grantType]?.(service, tenant.id, clientId, form);
  if (person) return grantToPerson(service, person, `${request.origin}/${tenant.id}/v2.0`);
  if (grantType !== 'client_credentials') refuseToken(70003, now);
  const app = service.state.apps.get(clientId);
  if (app?.tenantId !== tenant.id) refuseToken(700016, now);
  const target = parseScope(service, form.get('scope') ?? refuseToken(900144, now));
  await authenticateClient(app, form, request.path, service.clock);
  const { token, lifetimeSeconds } = await grantToken(service, 'token', app, target, LIFETIME_SECONDS);
  // Where MSAL would refuse a lifetime below zero, the token is expired and its holder does not know.
  const shown = lifetimeSeconds > 0 ? lifetimeSeconds : LIFETIME_SECONDS;
  return json({ token_type: 'Bearer', expires_in: shown, ext_expires_in: shown, access_token: token }, 200, {
    'cache-control': 'no-store',
  });
}

/** The audience is what stands before `/.default`: a doubled slash leaves the trailing one in place. */
function parseScope(service: Service, text: string): { audience: string; resource: Resource } {
  const now = service.clock.now();
  const scopes = text.split(' ').filter((scope) => scope.includes(':'));
  const [scope, second] = scopes;
  if (!scope?.endsWith(DEFAULT_SCOPE) || second !== undefined) refuseToken(70011, now);
  const audience = scope.slice(0, -DEFAULT_SCOPE.length);
  const resource = findResource(audience) ?? refuseToken(500011, now);
  const exact = resource !== 'intune' || audience === RESOURCES.intune;
  if (service.state.switches.strictScope && !exact) refuseToken(500011, now);
  return { audience, resource };
}
