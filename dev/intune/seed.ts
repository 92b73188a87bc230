/** @module The tenant that stands there at start, so that a device can enroll at once. */
import { SERVER_ROLES } from './constants.js';
import type {
  Administrator,
  AppRegistration,
  Assignment,
  Device,
  ScepProfile,
  Tenant,
  User,
} from './model.js';

export type TenantSeed = Omit<Tenant, 'keys' | 'previousKeys'>;

export interface Seed {
  readonly tenants: readonly TenantSeed[];
  readonly apps: readonly AppRegistration[];
  readonly administrators: readonly Administrator[];
  readonly users: readonly User[];
  readonly devices: readonly Device[];
  readonly profiles: readonly ScepProfile[];
  readonly assignments: readonly Assignment[];
}

/** Fixed, so that settings can be written down. None of them exists outside of the simulator. */
export const SEED_IDS = {
  tenant: '5ce90000-7e4a-4000-8000-000000000001',
  account: '5ce90000-acc0-4000-8000-000000000001',
  client: '5ce90000-a990-4000-8000-000000000001',
  clientObject: '5ce90000-0b1e-4000-8000-000000000001',
  clientSecret: 'simulator-only-secret',
  /** The administrator's tool, which manages the SCEP server. */
  manager: '5ce90000-a990-4000-8000-000000000002',
  managerObject: '5ce90000-0b1e-4000-8000-000000000002',
  administrator: '5ce90000-ad31-4000-8000-000000000001',
  administratorPassword: 'simulator-only-password',
  user: '5ce90000-05e4-4000-8000-000000000001',
  device: '5ce90000-de71-4000-8000-000000000001',
  deviceEntra: '5ce90000-e474-4000-8000-000000000001',
  profile: '5ce90000-9401-4000-8000-000000000001',
  assignment: '5ce90000-a551-4000-8000-000000000001',
} as const;

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** Every field of a device but its identity. */
export const DEVICE_DEFAULTS: Omit<Device, 'id' | 'tenantId' | 'entraId' | 'name'> = {
  serialNumber: '',
  imei: '',
  os: 'Windows',
  state: 'enrolled',
  actions: [],
  compliant: true,
  registered: true,
  accountEnabled: true,
  onPremisesSecurityIdentifier: '',
  userId: null,
  registeredKeyIds: [],
  nodeCache: { version: 0, nodes: {} },
  csp: {},
};

/** A device profile of client authentication, one year, renewed at 80 % of its life. */
export const PROFILE_DEFAULTS: Omit<ScepProfile, 'id' | 'tenantId'> = {
  name: 'Device certificate',
  description: '',
  os: 'Windows',
  trustedProfileId: null,
  version: 1,
  type: 'device',
  subjectFormat: 'CN={{DeviceId}}',
  subjectAlternativeNames: [{ type: 'uri', value: 'IntuneDeviceId://{{DeviceId}}' }],
  keyUsage: 160,
  extendedKeyUsages: [CLIENT_AUTHENTICATION],
  keyLength: 2048,
  hashAlgorithms: ['SHA-2'],
  validity: { unit: 'Years', count: 1 },
  keyProtection: 2,
  caThumbprint: '0'.repeat(40),
  serverUrls: ['http://127.0.0.1:7071/certsrv/mscep/mscep.dll'],
  renewalThresholdPercent: 20,
  requiresRegisteredKey: false,
  retryCount: 3,
  retryDelayMinutes: 1,
};

export const APP_DEFAULTS: Pick<
  AppRegistration,
  'displayName' | 'secrets' | 'certificates' | 'roles' | 'managedIdentity'
> = {
  displayName: 'An app',
  secrets: [SEED_IDS.clientSecret],
  certificates: [],
  roles: [
    'scep_challenge_provider',
    'Application.Read.All',
    'DeviceManagementManagedDevices.Read.All',
    'Directory.Read.All',
  ],
  managedIdentity: false,
};

export const ADMINISTRATOR_DEFAULTS: Pick<Administrator, 'password' | 'permissions'> = {
  password: SEED_IDS.administratorPassword,
  permissions: [
    'Application.Read.All',
    'AppRoleAssignment.ReadWrite.All',
    'DeviceManagementConfiguration.ReadWrite.All',
    'Group.Read.All',
  ],
};

/** @param overrides the profile's SCEP URL and the thumbprint of its CA, where they are already known. */
export function defaultSeed(overrides: Partial<Pick<ScepProfile, 'serverUrls' | 'caThumbprint'>> = {}): Seed {
  const tenantId = SEED_IDS.tenant;
  return {
    tenants: [
      {
        id: tenantId,
        domain: 'skep-simulator.onmicrosoft.com',
        accountId: SEED_IDS.account,
        scaleUnit: 'mssim01',
        challengeIntervalMinutes: 60,
      },
    ],
    apps: [
      {
        ...APP_DEFAULTS,
        clientId: SEED_IDS.client,
        objectId: SEED_IDS.clientObject,
        displayName: 'skep-local',
        tenantId,
        managedIdentity: true,
      },
      {
        ...APP_DEFAULTS,
        clientId: SEED_IDS.manager,
        objectId: SEED_IDS.managerObject,
        displayName: 'skep-local-administration',
        tenantId,
        roles: [...SERVER_ROLES],
      },
    ],
    administrators: [
      {
        ...ADMINISTRATOR_DEFAULTS,
        id: SEED_IDS.administrator,
        tenantId,
        userPrincipalName: 'admin@skep-simulator.onmicrosoft.com',
      },
    ],
    users: [
      {
        id: SEED_IDS.user,
        tenantId,
        userPrincipalName: 'robin@skep-simulator.onmicrosoft.com',
        mail: 'robin@skep-simulator.onmicrosoft.com',
        accountEnabled: true,
        onPremisesSecurityIdentifier: 'S-1-5-21-1004336348-1177238915-682003330-1104',
      },
    ],
    devices: [
      {
        ...DEVICE_DEFAULTS,
        id: SEED_IDS.device,
        tenantId,
        entraId: SEED_IDS.deviceEntra,
        name: 'DESKTOP-SKEP001',
        serialNumber: 'SKEP-0001',
        userId: SEED_IDS.user,
      },
    ],
    profiles: [{ ...PROFILE_DEFAULTS, ...overrides, id: SEED_IDS.profile, tenantId }],
    assignments: [
      {
        id: SEED_IDS.assignment,
        profileId: SEED_IDS.profile,
        target: 'device',
        targetId: SEED_IDS.device,
        excludedDeviceIds: [],
        assignedAt: '2024-01-01T00:00:00.000Z',
      },
    ],
  };
}
