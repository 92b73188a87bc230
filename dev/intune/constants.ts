/** @module Names and numbers that Microsoft fixed and that a client of Intune has compiled in. */

/** The application whose service endpoints Graph lists. */
export const INTUNE_APP_ID = '0000000a-0000-0000-c000-000000000000';

export const PROVIDERS = {
  scep: 'ScepRequestValidationFEService',
  pki: 'PkiConnectorFEService',
} as const;
export type Provider = keyof typeof PROVIDERS;

/** Paths as production has them behind the host of a scale unit. */
export const BASE_PATHS = {
  scep: '/RACerts/ScepRequestValidationFEService/Gateway/StatelessScepRequestValidationService',
  pki: '/RACerts/StatelessPkiConnectorService/Gateway/StatelessPkiConnectorService',
} as const satisfies Record<Provider, string>;

/** Token audiences. Entra accepts a resource with and without its trailing slash; Intune's real one has it. */
export const RESOURCES = {
  intune: 'https://api.manage.microsoft.com/',
  graph: 'https://graph.microsoft.com/',
  vault: 'https://vault.azure.net/',
  /** No resource of Microsoft's: the SCEP server under test, whose management functions want tokens too. */
  server: 'api://skep-local',
} as const;
export type Resource = keyof typeof RESOURCES;

/** Applications whose app roles can be assigned. The one of Intune is not the one that Graph lists endpoints of. */
export const RESOURCE_APPS = {
  intune: { appId: 'c161e42e-d4df-4a3d-9b42-e7a3c31f59d4', displayName: 'Microsoft Intune API' },
  graph: { appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph' },
  server: { appId: '5ce90000-5e7e-4000-8000-000000000001', displayName: 'Skep management' },
} as const satisfies Partial<Record<Resource, { appId: string; displayName: string }>>;
export type ResourceApp = keyof typeof RESOURCE_APPS;

export const SCEP_ROLE = 'scep_challenge_provider';

/** App roles of the SCEP server; every other role but Intune's is Graph's. */
export const SERVER_ROLES: ReadonlySet<string> = new Set([
  'Certificates.Read',
  'Certificates.Revoke',
  'Validation.Use',
]);

/** Which application a role belongs to. */
export function resourceOf(role: string): ResourceApp {
  if (role === SCEP_ROLE) return 'intune';
  return SERVER_ROLES.has(role) ? 'server' : 'graph';
}

/** App roles as their owners list them, neighbours included. */
export const APP_ROLES = {
  intune: [SCEP_ROLE, 'get_device_compliance', 'manage_partner_compliance_policy'],
  graph: [
    'Application.Read.All',
    'Application.ReadWrite.All',
    'AppRoleAssignment.ReadWrite.All',
    'Device.Read.All',
    'DeviceManagementManagedDevices.Read.All',
    'Directory.Read.All',
    'ServicePrincipalEndpoint.Read.All',
    'User.Read.All',
  ],
  server: [...SERVER_ROLES],
} as const satisfies Record<ResourceApp, readonly string[]>;

/** Any one of them lets an application list the endpoints of a service principal. */
export const DISCOVERY_ROLES: ReadonlySet<string> = new Set([
  'Application.Read.All',
  'Application.ReadWrite.All',
  'Application.ReadWrite.OwnedBy',
  'Directory.Read.All',
  'ServicePrincipalEndpoint.Read.All',
]);

/** Any one of them reads service principals and what they were granted. */
export const SERVICE_PRINCIPAL_READERS: ReadonlySet<string> = new Set([
  'Application.Read.All',
  'Application.ReadWrite.All',
  'Directory.Read.All',
]);

export const ROLE_ASSIGNERS: ReadonlySet<string> = new Set(['AppRoleAssignment.ReadWrite.All']);

/** Roles that read the directory: the narrow one of each list, and the broad one that includes it. */
export const DIRECTORY_READERS = {
  managedDevices: new Set(['DeviceManagementManagedDevices.Read.All']),
  devices: new Set(['Device.Read.All', 'Directory.Read.All']),
  users: new Set(['User.Read.All', 'Directory.Read.All']),
} as const satisfies Record<string, ReadonlySet<string>>;

/** Permissions that read and write the profiles of Intune, and that look for groups. */
export const CONFIGURATION_READERS: ReadonlySet<string> = new Set([
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementConfiguration.ReadWrite.All',
]);
export const CONFIGURATION_WRITERS: ReadonlySet<string> = new Set([
  'DeviceManagementConfiguration.ReadWrite.All',
]);
export const GROUP_READERS: ReadonlySet<string> = new Set([
  'Group.Read.All',
  'GroupMember.Read.All',
  'Directory.Read.All',
]);

export const ODATA_CONTEXTS = {
  scepActionResult: 'microsoft.management.services.scepRequestValidationService.api.scepActionResult',
  revocationRequests: 'Collection(microsoft.management.services.api.caRevocationRequest)',
  boolean: 'Edm.Boolean',
} as const;

export const BODY_LIMIT_BYTES: number = 256 * 1024;

/** Applications of Microsoft's that any person may sign in to, without a secret: Azure CLI, Graph's command line tools. */
export const PUBLIC_CLIENTS: ReadonlySet<string> = new Set([
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  '14d82eec-204b-4c2f-b7e8-296a70dab67e',
]);
