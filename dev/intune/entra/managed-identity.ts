/** @module GET /msi/token: the identity endpoint of App Service and Functions. */
import { HOUR_MS } from '../../../lib/base/clock.js';
import { json, Problem, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { CallNotes, Service } from '../service.js';
import { findResource, grantToken, type Grant } from './grants.js';

/** Value for IDENTITY_HEADER; it guards nothing but the form of the request. */
export const IDENTITY_HEADER = 'simulator-only-identity-header';

const LIFETIME_SECONDS = (24 * HOUR_MS) / 1000;

interface CachedGrant {
  readonly grant: Grant;
  readonly expiresOnSeconds: number;
}

/** One cache per running service; a reset of the state leaves it, as a restart of an app would not. */
export type IdentityCache = Map<string, CachedGrant>;

export async function handleManagedIdentity(
  service: Service,
  cache: IdentityCache,
  request: SimulatorRequest,
  notes: CallNotes,
): Promise<SimulatorResponse> {
  if (request.header('x-identity-header') !== IDENTITY_HEADER)
    refuse(401, 'X-IDENTITY-HEADER is missing or wrong');
  if (!request.query.get('api-version')) refuse(400, 'api-version is missing');
  const audience = request.query.get('resource') ?? '';
  const resource = findResource(audience) ?? refuse(400, 'the resource is not known');
  const wanted = request.query.get('client_id');
  const app = [...service.state.apps.values()].find(
    ({ managedIdentity, clientId }) => managedIdentity && (wanted === null || wanted === clientId),
  );
  if (!app) refuse(400, 'there is no such identity');
  notes.clientId = app.clientId;
  notes.tenantId = app.tenantId;

  const nowSeconds = Math.floor(service.clock.now().getTime() / 1000);
  const key = `${app.clientId} ${audience}`;
  const kept = cache.get(key);
  const { grant, expiresOnSeconds } =
    service.state.switches.staleRoles && kept && kept.expiresOnSeconds > nowSeconds
      ? kept
      : await grantAnew(service, app.clientId, { audience, resource }, nowSeconds);
  cache.set(key, { grant, expiresOnSeconds });
  return json({
    access_token: grant.token,
    client_id: app.clientId,
    expires_on: String(expiresOnSeconds),
    resource: audience,
    token_type: 'Bearer',
  });
}

async function grantAnew(
  service: Service,
  clientId: string,
  target: Parameters<typeof grantToken>[3],
  nowSeconds: number,
): Promise<CachedGrant> {
  const app = service.state.apps.get(clientId) ?? refuse(400, 'there is no such identity');
  const grant = await grantToken(service, 'managedIdentity', app, target, LIFETIME_SECONDS);
  return { grant, expiresOnSeconds: nowSeconds + grant.lifetimeSeconds };
}

function refuse(statusCode: 400 | 401, message: string): never {
  throw new Problem(json({ statusCode, message }, statusCode));
}
