/** @module What every Intune action checks before it looks at the body. */
import { SCEP_ROLE } from '../constants.js';
import { gatewayError } from '../faults.js';
import { json, parseJson, Problem, type SimulatorRequest } from '../http/messages.js';
import type { AccessClaims } from '../entra/tokens.js';
import type { CallNotes, Service } from '../service.js';

/** @throws {Problem} 401 for the token, 403 (or 401, by switch) for the role, 400 for headers, 415 for the type. */
export async function authorizeAction(
  service: Service,
  request: SimulatorRequest,
  notes: CallNotes,
): Promise<AccessClaims> {
  const token = /^Bearer (.+)$/i.exec(request.header('authorization') ?? '')?.[1];
  const claims = token ? await service.tokens.verify(token, 'intune') : undefined;
  if (!claims) refuseAction(401, 'The token is missing, expired, or for another audience');
  notes.tenantId = claims.tenantId;
  notes.clientId = claims.clientId;
  if (!claims.roles.includes(SCEP_ROLE))
    refuseAction(service.state.switches.missingRoleStatus, `The token lacks the role ${SCEP_ROLE}`);
  if (!request.header('api-version')) refuseAction(400, 'The header api-version is missing');
  if (!/^application\/json\b/i.test(request.header('content-type') ?? ''))
    refuseAction(415, 'The content type is not JSON');
  return claims;
}

/** Reads the body and one member of it. @throws {Problem} 400 when it is not a JSON object with that member. */
export function readMember(request: SimulatorRequest, name: string): unknown {
  const body = parseJson(request.body);
  if (typeof body !== 'object' || body === null || !(name in body))
    refuseAction(400, `The body lacks the member ${name}`);
  return (body as Record<string, unknown>)[name];
}

/** @throws {Problem} always, in the gateway's form. */
export function refuseAction(status: number, text: string): never {
  throw new Problem(json(gatewayError(status, text), status));
}
