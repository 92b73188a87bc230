/** @module Graph's objects, read from JSON as far as we look at them. What we do not understand counts as absent. */
import { type JsonObject, isJsonObject } from '../microsoft/json.js';

/** Ids and names are lower case. */
export interface ManagedDevice {
  readonly id: string;
  /** Entra's id of the same device; absent where it is not registered there. */
  readonly entraDeviceId?: string;
  readonly userPrincipalName?: string;
  readonly operatingSystem?: string;
  readonly compliant: boolean;
  /** Set when somebody had it retired, wiped or deleted. */
  readonly departure?: Departure;
}

export interface Departure {
  /** Still going on. Otherwise it is over, and the device may have enrolled again since. */
  readonly underWay: boolean;
  readonly orderedAt: Date;
}

export interface EntraDevice {
  readonly deviceId: string;
  readonly enabled: boolean;
  /** Of the computer account, where the device is joined on premises too. */
  readonly securityIdentifier?: string;
}

export interface EntraUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly enabled: boolean;
  /** Of the account on premises that it is synchronized with. */
  readonly securityIdentifier?: string;
}

/** What `$select` names; nothing else is read, and nothing else comes. */
export const SELECTED = {
  managedDevice: 'id,azureADDeviceId,userPrincipalName,operatingSystem,complianceState,deviceActionResults',
  device: 'id,deviceId,accountEnabled,onPremisesSecurityIdentifier',
  user: 'id,userPrincipalName,accountEnabled,onPremisesSecurityIdentifier',
} as const;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NO_GUID = '00000000-0000-0000-0000-000000000000';

export const isGuid = (text: string): boolean => GUID.test(text);

export function parseManagedDevice(json: JsonObject): ManagedDevice | undefined {
  const id = guidOf(json['id']);
  if (id === undefined) return undefined;
  const entraDeviceId = guidOf(json['azureADDeviceId']);
  const userPrincipalName = textOf(json['userPrincipalName'])?.toLowerCase();
  const operatingSystem = textOf(json['operatingSystem']);
  const departure = readDeparture(json['deviceActionResults']);
  return {
    id,
    compliant: json['complianceState'] !== 'noncompliant',
    ...(entraDeviceId === undefined ? {} : { entraDeviceId }),
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    ...(operatingSystem === undefined ? {} : { operatingSystem }),
    ...(departure === undefined ? {} : { departure }),
  };
}

/** Absent `accountEnabled` counts as enabled: Entra sends it whenever it is selected, unless it never was set. */
export function parseEntraDevice(json: JsonObject): EntraDevice | undefined {
  const deviceId = guidOf(json['deviceId']);
  if (deviceId === undefined) return undefined;
  const securityIdentifier = textOf(json['onPremisesSecurityIdentifier']);
  return {
    deviceId,
    enabled: json['accountEnabled'] !== false,
    ...(securityIdentifier === undefined ? {} : { securityIdentifier }),
  };
}

export function parseEntraUser(json: JsonObject): EntraUser | undefined {
  const id = guidOf(json['id']);
  const userPrincipalName = textOf(json['userPrincipalName'])?.toLowerCase();
  if (id === undefined || userPrincipalName === undefined) return undefined;
  const securityIdentifier = textOf(json['onPremisesSecurityIdentifier']);
  return {
    id,
    userPrincipalName,
    enabled: json['accountEnabled'] !== false,
    ...(securityIdentifier === undefined ? {} : { securityIdentifier }),
  };
}

/** Lower case; the all-zero GUID, by which Intune says that there is none, is none. */
export function guidOf(value: unknown): string | undefined {
  const text = typeof value === 'string' && GUID.test(value) ? value.toLowerCase() : undefined;
  return text === NO_GUID ? undefined : text;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Names under which Graph has shown the actions that end a device's time; compared without regard to case. */
const DEPARTURES: ReadonlySet<string> = new Set([
  'retire',
  'removecompanydata',
  'wipe',
  'factoryreset',
  'delete',
]);

/**
 * What a state of such an action means. A failed one still says what its administrator wanted. Others
 * (`none`, `canceled`, `notSupported`, and what we do not know) mean that the device stays.
 */
const STATES: Readonly<Record<string, 'underWay' | 'over'>> = {
  pending: 'underWay',
  active: 'underWay',
  done: 'over',
  failed: 'over',
};

function readDeparture(results: unknown): Departure | undefined {
  if (!Array.isArray(results)) return undefined;
  const departures = (results as unknown[]).flatMap((result): Departure[] => {
    if (!isJsonObject(result)) return [];
    const state = STATES[textOf(result['actionState']) ?? ''];
    const orderedAt = new Date(textOf(result['startDateTime']) ?? Number.NaN);
    if (!state || !DEPARTURES.has((textOf(result['actionName']) ?? '').toLowerCase())) return [];
    // Without a time there is nothing to measure certificates by: then all of them end.
    const dated = !Number.isNaN(orderedAt.getTime());
    return [{ underWay: state === 'underWay' || !dated, orderedAt: dated ? orderedAt : EPOCH }];
  });
  return departures.sort(
    (a, b) => Number(b.underWay) - Number(a.underWay) || b.orderedAt.getTime() - a.orderedAt.getTime(),
  )[0];
}

const EPOCH = new Date(0);
