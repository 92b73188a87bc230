/** @module The profiles that the simulated Graph takes: what each type must hold, may hold, and may refer to. */
import * as v from 'valibot';
import {
  channel,
  flag,
  hash,
  scep,
  trusted,
  wifi,
  WIFI_SECURITY,
  wifiElsewhere,
} from './configuration-schemas.js';

export interface Relation {
  readonly isList: boolean;
  readonly isRequired: boolean;
  /** What it may refer to. */
  readonly types: readonly string[];
}

export interface ConfigurationType {
  readonly role: 'trusted' | 'scep' | 'wifi';
  /** As devices name theirs. */
  readonly os: string;
  readonly schema: v.GenericSchema<unknown, Record<string, unknown>>;
  readonly relations: Readonly<Record<string, Relation>>;
}

const one = (type: string): Relation => ({ isList: false, isRequired: true, types: [type] });
const many = (type: string): Relation => ({ isList: true, isRequired: false, types: [type] });

function family(
  os: string,
  names: { readonly trusted: string; readonly scep: string; readonly wifi: string },
  schemas: Record<ConfigurationType['role'], ConfigurationType['schema']>,
  serverTrust: Readonly<Record<string, Relation>>,
): Record<string, ConfigurationType> {
  return {
    [names.trusted]: { role: 'trusted', os, schema: schemas.trusted, relations: {} },
    [names.scep]: {
      role: 'scep',
      os,
      schema: schemas.scep,
      relations: { rootCertificate: one(names.trusted) },
    },
    [names.wifi]: {
      role: 'wifi',
      os,
      schema: schemas.wifi,
      relations: { ...serverTrust, identityCertificateForClientAuthentication: one(names.scep) },
    },
  };
}

/** By the name in the namespace microsoft.graph. */
export const CONFIGURATION_TYPES: Readonly<Record<string, ConfigurationType>> = {
  ...family(
    'Windows',
    {
      trusted: 'windows81TrustedRootCertificate',
      scep: 'windows81SCEPCertificateProfile',
      wifi: 'windowsWifiEnterpriseEAPConfiguration',
    },
    {
      trusted: v.strictObject({
        ...trusted,
        destinationStore: v.picklist([
          'computerCertStoreRoot',
          'computerCertStoreIntermediate',
          'userCertStoreIntermediate',
        ]),
      }),
      scep: v.strictObject({
        ...scep,
        ...hash,
        keyStorageProvider: v.picklist([
          'useTpmKspOtherwiseUseSoftwareKsp',
          'useTpmKspOtherwiseFail',
          'usePassportForWorkKspOtherwiseFail',
          'useSoftwareKsp',
        ]),
      }),
      wifi: v.strictObject({
        ...wifi,
        wifiSecurityType: v.picklist(WIFI_SECURITY),
        proxySetting: v.picklist(['none', 'manual', 'automatic']),
        authenticationType: v.picklist(['none', 'user', 'machine', 'machineOrUser', 'guest']),
        connectToPreferredNetwork: flag,
        meteredConnectionLimit: v.picklist(['unrestricted', 'fixed', 'variable']),
        networkSingleSignOn: v.picklist(['disabled', 'prelogon', 'postlogon']),
        forceFIPSCompliance: flag,
      }),
    },
    { rootCertificatesForServerValidation: many('windows81TrustedRootCertificate') },
  ),
  ...family(
    'iOS',
    {
      trusted: 'iosTrustedRootCertificate',
      scep: 'iosScepCertificateProfile',
      wifi: 'iosEnterpriseWiFiConfiguration',
    },
    {
      trusted: v.strictObject(trusted),
      scep: v.strictObject(scep),
      wifi: v.strictObject({ ...wifiElsewhere, wiFiSecurityType: v.picklist(WIFI_SECURITY) }),
    },
    { rootCertificatesForServerValidation: many('iosTrustedRootCertificate') },
  ),
  ...family(
    'macOS',
    {
      trusted: 'macOSTrustedRootCertificate',
      scep: 'macOSScepCertificateProfile',
      wifi: 'macOSEnterpriseWiFiConfiguration',
    },
    {
      trusted: v.strictObject({ ...trusted, ...channel }),
      scep: v.strictObject({ ...scep, ...channel, allowAllAppsAccess: flag }),
      wifi: v.strictObject({ ...wifiElsewhere, ...channel, wiFiSecurityType: v.picklist(WIFI_SECURITY) }),
    },
    { rootCertificatesForServerValidation: many('macOSTrustedRootCertificate') },
  ),
  ...['WorkProfile', 'DeviceOwner'].reduce<Record<string, ConfigurationType>>(
    (types, owner) => ({
      ...types,
      ...family(
        'Android',
        {
          trusted: `android${owner}TrustedRootCertificate`,
          scep: `android${owner}ScepCertificateProfile`,
          wifi: `android${owner}EnterpriseWiFiConfiguration`,
        },
        {
          trusted: v.strictObject(trusted),
          scep: v.strictObject({ ...scep, ...hash }),
          wifi: v.strictObject({
            ...wifiElsewhere,
            wiFiSecurityType: v.picklist([
              'wpaEnterprise',
              ...(owner === 'WorkProfile' ? ['wpa2Enterprise'] : []),
            ]),
          }),
        },
        { rootCertificateForServerValidation: one(`android${owner}TrustedRootCertificate`) },
      ),
    }),
    {},
  ),
};
