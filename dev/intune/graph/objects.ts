/** @module Devices and users in Graph's words. */
import { createHash } from 'node:crypto';
import type { Device, User } from '../model.js';
import type { SimulatorState } from '../state.js';

export type GraphObject = Readonly<Record<string, unknown>> & { readonly id: string };

const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** Entra's object id of a device, which is not the id that the device itself has. */
export const objectIdOf = (entraId: string): string => guidFrom(`object ${entraId}`);

/** An id that is always the same for `text`, and belongs to nothing else. */
export function guidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

export function listManagedDevices(state: SimulatorState, tenantId: string): GraphObject[] {
  return [...state.devices.values()]
    .filter((device) => device.tenantId === tenantId && device.state !== 'deleted')
    .map((device) => toManagedDevice(state, device));
}

export function listDevices(state: SimulatorState, tenantId: string): GraphObject[] {
  return [...state.devices.values()]
    .filter((device) => device.tenantId === tenantId && device.registered)
    .map(toDevice);
}

export function listUsers(state: SimulatorState, tenantId: string): GraphObject[] {
  return [...state.users.values()].filter((user) => user.tenantId === tenantId).map(toUser);
}

function toManagedDevice(state: SimulatorState, device: Device): GraphObject {
  const user = device.userId === null ? undefined : state.users.get(device.userId);
  return {
    id: device.id,
    deviceName: device.name,
    operatingSystem: device.os,
    serialNumber: device.serialNumber,
    azureADDeviceId: device.entraId || NO_GUID,
    userId: device.userId,
    userPrincipalName: user?.userPrincipalName ?? '',
    complianceState: device.compliant ? 'compliant' : 'noncompliant',
    deviceActionResults: device.actions.map((action) => ({
      ...action,
      lastUpdatedDateTime: action.startDateTime,
    })),
  };
}

function toDevice(device: Device): GraphObject {
  return {
    id: objectIdOf(device.entraId),
    deviceId: device.entraId,
    displayName: device.name,
    operatingSystem: device.os,
    accountEnabled: device.accountEnabled,
    onPremisesSecurityIdentifier: device.onPremisesSecurityIdentifier || null,
  };
}

function toUser(user: User): GraphObject {
  return {
    id: user.id,
    userPrincipalName: user.userPrincipalName,
    mail: user.mail,
    accountEnabled: user.accountEnabled,
    onPremisesSecurityIdentifier: user.onPremisesSecurityIdentifier || null,
  };
}
