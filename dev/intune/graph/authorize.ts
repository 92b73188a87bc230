/** @module Who may read what from Graph. */
import type { SimulatorRequest } from '../http/messages.js';
import type { AccessClaims } from '../entra/tokens.js';
import type { CallNotes, Service } from '../service.js';
import { refuseGraph } from './errors.js';

/** @throws {Problem} 401 without a valid Graph token, 403 when it carries none of `accepted`. */
export async function authorizeGraph(
  service: Service,
  request: SimulatorRequest,
  accepted: ReadonlySet<string>,
  notes: CallNotes,
): Promise<AccessClaims> {
  const now = service.clock.now();
  const token = /^Bearer (.+)$/i.exec(request.header('authorization') ?? '')?.[1];
  const claims = token ? await service.tokens.verify(token, 'graph') : undefined;
  if (!claims) refuseGraph('InvalidAuthenticationToken', now);
  notes.tenantId = claims.tenantId;
  notes.clientId = claims.clientId;
  // A person's token names permissions where an app's names roles.
  if (![...claims.roles, ...claims.scopes].some((name) => accepted.has(name)))
    refuseGraph('Authorization_RequestDenied', now);
  return claims;
}
