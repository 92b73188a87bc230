/** @module Where things are on a Windows device: registry keys and folders that MDM uses. */

/** Device settings belong to the machine, user settings to one user's hive. */
export type Scope = 'Device' | 'User';

export type Hive = 'HKLM' | 'HKCU';

export const PROVIDER_ID = 'MS DM Server';

export const hiveOf = (scope: Scope): Hive => (scope === 'Device' ? 'HKLM' : 'HKCU');

/** Below the hive; dmcertinst is told it so. */
export const SCEP_SUBKEY: string = `SOFTWARE\\Microsoft\\SCEP\\${PROVIDER_ID}`;

export const scepKey = (scope: Scope, uniqueId?: string): string =>
  [hiveOf(scope), SCEP_SUBKEY, ...(uniqueId === undefined ? [] : [uniqueId])].join('\\');

export const nodeCacheKey = (scope: Scope): string =>
  `HKLM\\SOFTWARE\\Microsoft\\Provisioning\\NodeCache\\CSP\\${scope}\\${PROVIDER_ID}`;

/** Well-known SID of the SYSTEM account, which enrolls for the device. */
export const SYSTEM_SID = 'S-1-5-18';
