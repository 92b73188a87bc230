/** @module One device or one user at a time. */
import type { Graph } from './graph.js';
import {
  type EntraDevice,
  type EntraUser,
  isGuid,
  type ManagedDevice,
  parseEntraDevice,
  parseEntraUser,
  parseManagedDevice,
  SELECTED,
} from './objects.js';

/** `undefined` means that the directory has none. All methods throw as `Graph` does. */
export interface Lookups {
  /** @param id Intune's. */
  managedDevice(id: string): Promise<ManagedDevice | undefined>;
  /** Intune's view of an Entra device: usually one, several while an older enrollment is not tidied up. */
  managedDevicesOf(entraDeviceId: string): Promise<readonly ManagedDevice[]>;
  /** @param deviceId the one that the device itself has, not Entra's object id. */
  entraDevice(deviceId: string): Promise<EntraDevice | undefined>;
  /** @param idOrName object id or user principal name. */
  entraUser(idOrName: string): Promise<EntraUser | undefined>;
}

/** Graph's own limit is 1024 with all that a name may be; no real one is near it. */
const MAX_NAME_LENGTH = 320;

export function createLookups(graph: Graph): Lookups {
  return {
    async managedDevice(id) {
      if (!isGuid(id)) return undefined;
      const path = `deviceManagement/managedDevices/${id}?$select=${SELECTED.managedDevice}`;
      const found = await graph.getObject('Graph managed device', path);
      return found && parseManagedDevice(found);
    },

    async managedDevicesOf(entraDeviceId) {
      if (!isGuid(entraDeviceId)) return [];
      const filter = encodeURIComponent(`azureADDeviceId eq '${entraDeviceId}'`);
      const path = `deviceManagement/managedDevices?$filter=${filter}&$select=${SELECTED.managedDevice}`;
      const page = await graph.getPage('Graph managed devices of a device', path);
      return page === 'expired' ? [] : page.entries.flatMap((entry) => parseManagedDevice(entry) ?? []);
    },

    async entraDevice(deviceId) {
      if (!isGuid(deviceId)) return undefined;
      const path = `devices(deviceId='${deviceId}')?$select=${SELECTED.device}`;
      const found = await graph.getObject('Graph device', path);
      return found && parseEntraDevice(found);
    },

    async entraUser(idOrName) {
      // A stranger may have chosen the name: without an @ it could be a step in a path.
      const plausible = isGuid(idOrName) || (idOrName.includes('@') && idOrName.length <= MAX_NAME_LENGTH);
      if (!plausible) return undefined;
      const path = `users/${encodeURIComponent(idOrName)}?$select=${SELECTED.user}`;
      const found = await graph.getObject('Graph user', path);
      return found && parseEntraUser(found);
    },
  };
}
