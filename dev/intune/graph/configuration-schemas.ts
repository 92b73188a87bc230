/** @module Members of profiles that several types share, with the values that Intune takes. */
import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());
const optionalText = v.optional(v.nullable(v.string()));
export const flag = v.optional(v.nullable(v.boolean()));

/** What every deviceConfiguration has; nobody may set the version. */
const common = {
  displayName: text,
  description: optionalText,
  roleScopeTagIds: v.optional(v.array(v.string())),
};

const base64 = v.pipe(v.string(), v.base64());
export const trusted = { ...common, trustedRootCertificate: base64, certFileName: text };

export const channel = { deploymentChannel: v.picklist(['deviceChannel', 'userChannel']) };
export const hash = { hashAlgorithm: v.picklist(['sha1', 'sha2']) };

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

export const scep = {
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

export const wifi = {
  ...common,
  networkName: text,
  ssid: text,
  connectAutomatically: flag,
  connectWhenNetworkNameIsHidden: flag,
  eapType: v.literal('eapTls'),
  authenticationMethod: v.literal('certificate'),
  trustedServerCertificateNames: v.array(text),
};

export const wifiElsewhere = { ...wifi, proxySettings: v.picklist(['none', 'manual', 'automatic']) };
export const WIFI_SECURITY = ['wpaEnterprise', 'wpa2Enterprise'] as const;
