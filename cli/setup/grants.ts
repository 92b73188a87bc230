/** @module App roles of the identity: which of the needed ones are there, and granting the others, one at a time. */
import type { GraphClient } from '../graph/client.js';
import { GraphRefusal } from '../graph/refusal.js';
import type { NeededRole } from './needed-roles.js';
import {
  findRoleId,
  findRoleOwner,
  listAssignments,
  type Assignment,
  type Principal,
  type RoleOwner,
} from './principals.js';

/** `included`: a broader role that was granted before does as well. */
export type RoleState = 'present' | 'included' | 'missing' | 'granted';

export interface PlannedRole {
  readonly role: NeededRole;
  readonly state: RoleState;
  /** The broader role. */
  readonly by?: string;
  readonly resourceId: string;
  readonly appRoleId: string;
}

/** Reads only. @throws {CliError} */
export async function planRoles(
  graph: GraphClient,
  identity: Principal,
  roles: readonly NeededRole[],
): Promise<readonly PlannedRole[]> {
  const owners = new Map<string, RoleOwner>();
  for (const { appId, api } of roles) {
    if (!owners.has(appId)) owners.set(appId, await findRoleOwner(graph, appId, api));
  }
  const assignments = await listAssignments(graph, identity.id);
  return roles.flatMap((role) => {
    const owner = owners.get(role.appId);
    return owner ? [planRole(role, owner, assignments)] : [];
  });
}

function planRole(role: NeededRole, owner: RoleOwner, assignments: readonly Assignment[]): PlannedRole {
  const held = assignments
    .filter(({ resourceId }) => resourceId === owner.id)
    .map(({ appRoleId }) => owner.appRoles.find(({ id }) => id === appRoleId)?.value);
  const target = { role, resourceId: owner.id, appRoleId: findRoleId(owner, role.value) };
  if (held.includes(role.value)) return { ...target, state: 'present' };
  const by = role.broader.find((name) => held.includes(name));
  return by === undefined ? { ...target, state: 'missing' } : { ...target, state: 'included', by };
}

/** @throws {CliError} a {GraphRefusal} with status 403 when whoever is signed in may not grant. */
export async function grantRole(
  graph: GraphClient,
  identity: Principal,
  { resourceId, appRoleId }: PlannedRole,
): Promise<void> {
  const principalId = identity.id;
  try {
    await graph.post(`servicePrincipals/${resourceId}/appRoleAssignedTo`, {
      principalId,
      resourceId,
      appRoleId,
    });
  } catch (thrown) {
    // Somebody else, or an earlier attempt whose answer was lost, may have been first; Graph's words for that vary.
    if (!(thrown instanceof GraphRefusal) || thrown.status === 403) throw thrown;
    const now = await listAssignments(graph, principalId);
    if (!now.some((have) => have.resourceId === resourceId && have.appRoleId === appRoleId)) throw thrown;
  }
}
