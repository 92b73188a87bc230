/** @module Which app roles Skep's identity needs, and why: no more than these are ever granted. */
import { BROADER_DIRECTORY_ROLES, DIRECTORY_ROLES } from '../../lib/directory/graph-directory.js';
import { DISCOVERY_ROLES, INTUNE_API_ID, SCEP_ROLE } from '../../lib/intune/services.js';

export interface NeededRole {
  /** Application that owns the role, and how people call it. */
  readonly appId: string;
  readonly api: string;
  /** By which the role is found in the tenant; its id is looked up. */
  readonly value: string;
  readonly why: string;
  /** Other roles of the same API that do as well. */
  readonly broader: readonly string[];
}

const GRAPH = { appId: '00000003-0000-0000-c000-000000000000', api: 'Microsoft Graph' } as const;
const [discoveryRole, ...broaderDiscoveryRoles] = DISCOVERY_ROLES;

const INTUNE_ROLES: readonly NeededRole[] = [
  {
    appId: INTUNE_API_ID,
    api: 'Microsoft Intune API',
    value: SCEP_ROLE,
    why: 'asks Intune whether a request is genuine, and tells it the result',
    broader: [],
  },
  {
    ...GRAPH,
    value: discoveryRole,
    why: 'finds out where the tenant’s Intune services are',
    broader: broaderDiscoveryRoles,
  },
];

const REASONS = {
  'Device.Read.All': 'sees devices that are disabled or deleted in Entra',
  'User.Read.All': 'sees users that are disabled or deleted',
  'DeviceManagementManagedDevices.Read.All':
    'sees devices that are retired, wiped or not compliant in Intune',
} as const satisfies Record<(typeof DIRECTORY_ROLES)[number], string>;

const DIRECTORY: readonly NeededRole[] = DIRECTORY_ROLES.map((value) => ({
  ...GRAPH,
  value,
  why: REASONS[value],
  broader: Object.entries(BROADER_DIRECTORY_ROLES)
    .filter(([, included]) => included.includes(value))
    .map(([name]) => name),
}));

/** @param directory whether devices and users are read: SKEP_DIRECTORY of the app. */
export const listNeededRoles = (directory: boolean): readonly NeededRole[] =>
  directory ? [...INTUNE_ROLES, ...DIRECTORY] : INTUNE_ROLES;
