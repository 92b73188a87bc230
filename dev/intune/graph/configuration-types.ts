/** @module The profiles that the simulated Graph takes: what each type must hold, may hold, and may refer to. */
import * as v from 'valibot';

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

const text = v.pipe(v.string(), v.nonEmpty());
const optionalText = v.optional(v.nullable(v.string()));
const flag = v.optional(v.nullable(v.boolean()));

/** What every deviceConfiguration has; nobody may set the version. */
const common = {
  displayName: text,
  description: optionalText,
  roleScopeTagIds: v.optional(v.array(v.string())),
};

const base64 = v.pipe(v.string(), v.base64());
const trusted = { ...common, trustedRootCertificate: base64, certFileName: text };

const channel = { deploymentChannel: v.picklist(['deviceChannel', 'userChannel']) };
const hash = { hashAlgorithm: v.picklist(['sha1', 'sha2']) };

const NAME_TYPES = [
  'none',
  'emailAddress',
  'userPrincipalName',
  'customAzureADAttribute',
  'domainNameService',
  'universalResourceIdentifier',
] as const;

const usages = v.pipe(
  v.string(),
  v.check(
    (list) => list.split(',').every((usage) => ['keyEncipherment', 'digitalSignature'].includes(usage)),
    'an unknown key usage',
  ),
  // Flags come back in the order of their bits.
  v.transform((list) =>
    ['keyEncipherment', 'digitalSignature'].filter((usage) => list.includes(usage)).join(','),
  ),
);

const scep = {
  ...common,
  scepServerUrls: v.pipe(v.array(v.pipe(v.string(), v.url())), v.minLength(1)),
  subjectNameFormat: v.literal('custom'),
  subjectNameFormatString: text,
  subjectAlternativeNameType: v.optional(v.nullable(v.picklist(NAME_TYPES))),
  customSubjectAlternativeNames: v.optional(
    v.array(v.strictObject({ sanType: v.picklist(NAME_TYPES), name: text })),
    [],
  ),
  certificateValidityPeriodScale: v.picklist(['days', 'months', 'years']),
  certificateValidityPeriodValue: v.pipe(v.number(), v.integer(), v.minValue(1)),
  renewalThresholdPercentage: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
  keyUsage: usages,
  keySize: v.picklist(['size1024', 'size2048', 'size4096']),
  extendedKeyUsages: v.pipe(v.array(v.strictObject({ name: text, objectIdentifier: text })), v.minLength(1)),
  certificateStore: v.picklist(['user', 'machine']),
};

const wifi = {
  ...common,
  networkName: text,
  ssid: text,
  connectAutomatically: flag,
  connectWhenNetworkNameIsHidden: flag,
  eapType: v.literal('eapTls'),
  authenticationMethod: v.literal('certificate'),
  trustedServerCertificateNames: v.array(text),
};

const wifiElsewhere = { ...wifi, proxySettings: v.picklist(['none', 'manual', 'automatic']) };
const WIFI_SECURITY = ['wpaEnterprise', 'wpa2Enterprise'] as const;

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
