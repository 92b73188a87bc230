/** @module Service principals and what they were granted, in Graph's words. */
import { createHash } from 'node:crypto';
import { APP_ROLES, RESOURCE_APPS, resourceOf, type ResourceApp } from '../constants.js';
import type { AppRegistration } from '../model.js';
import type { SimulatorState } from '../state.js';
import { type GraphObject, guidFrom } from './objects.js';

/** The owner of app roles in this tenant. */
interface RoleOwner {
  readonly resource: ResourceApp;
  readonly id: string;
  readonly displayName: string;
}

/** Ids of its own in every tenant, and none that the world knows: whoever looks roles up by their value is right. */
export function ownerOf(tenantId: string, resource: ResourceApp): RoleOwner {
  return {
    resource,
    id: guidFrom(`principal ${tenantId} ${resource}`),
    displayName: RESOURCE_APPS[resource].displayName,
  };
}

export const roleIdOf = (role: string): string => guidFrom(`role ${role}`);

export function listServicePrincipals({ apps, switches }: SimulatorState, tenantId: string): GraphObject[] {
  const owners = (Object.keys(RESOURCE_APPS) as ResourceApp[])
    .filter((resource) => !switches.omitServicePrincipals.includes(RESOURCE_APPS[resource].appId))
    .map((resource) => {
      const { id, displayName } = ownerOf(tenantId, resource);
      return {
        id,
        appId: RESOURCE_APPS[resource].appId,
        displayName,
        servicePrincipalType: 'Application',
        appRoles: APP_ROLES[resource].map(toAppRole),
      };
    });
  const own = [...apps.values()]
    .filter((app) => app.tenantId === tenantId)
    .map(({ objectId, clientId, displayName, managedIdentity }) => ({
      id: objectId,
      appId: clientId,
      displayName,
      servicePrincipalType: managedIdentity ? 'ManagedIdentity' : 'Application',
      appRoles: [],
    }));
  return [...owners, ...own];
}

const toAppRole = (value: string) => ({
  id: roleIdOf(value),
  value,
  displayName: value,
  description: value,
  isEnabled: true,
  allowedMemberTypes: ['Application'],
});

export function toAssignment(app: AppRegistration, role: string): GraphObject {
  const { id: resourceId, displayName: resourceDisplayName } = ownerOf(app.tenantId, resourceOf(role));
  const digest = createHash('sha256').update(`${app.objectId} ${role}`).digest('base64url');
  return {
    id: digest,
    appRoleId: roleIdOf(role),
    principalId: app.objectId,
    principalDisplayName: app.displayName,
    principalType: 'ServicePrincipal',
    resourceId,
    resourceDisplayName,
  };
}
