/** @module The `{{…}}` variables of a profile's subject and alternative names. */
import type { Device, Tenant, User } from '../model.js';

export interface VariableSource {
  readonly tenant: Tenant;
  readonly device: Device;
  readonly user: User | undefined;
}

const localPart = (address: string | undefined) => address?.split('@')[0];

const VARIABLES: Readonly<Record<string, (source: VariableSource) => string | undefined>> = {
  DeviceId: ({ device }) => device.id,
  AAD_Device_ID: ({ device }) => device.entraId,
  AzureADDeviceId: ({ device }) => device.entraId,
  DeviceName: ({ device }) => device.name,
  FullyQualifiedDomainName: ({ device, tenant }) => `${device.name}.${tenant.domain}`,
  SerialNumber: ({ device }) => device.serialNumber,
  IMEINumber: ({ device }) => device.imei,
  UserName: ({ user }) => localPart(user?.userPrincipalName),
  UserPrincipalName: ({ user }) => user?.userPrincipalName,
  EmailAddress: ({ user }) => user?.mail,
  OnPremisesSecurityIdentifier: ({ user }) => user?.onPremisesSecurityIdentifier,
};

/** A profile that cannot be deployed to this device: Intune shows an error instead of sending a request. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/**
 * Replaces every variable in `template`.
 * @throws {DeploymentError} when a variable is unknown or empty for this device and user.
 */
export function resolveVariables(template: string, source: VariableSource): string {
  return template.replace(/\{\{([^{}]*)\}\}/g, (_whole, name: string) => {
    const value = Object.hasOwn(VARIABLES, name) ? VARIABLES[name]?.(source) : undefined;
    if (!value) throw new DeploymentError(`variable ${name} has no value for device ${source.device.id}`);
    return value;
  });
}
