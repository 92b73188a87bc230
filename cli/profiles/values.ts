/** @module What a SCEP profile asks for, one row for each platform and kind. docs/profiles.md is made of this table. */
import type { Kind, PlatformName } from './platforms.js';

/** As Graph names the kinds of alternative names. */
export type AlternativeNameType = 'universalResourceIdentifier' | 'userPrincipalName' | 'domainNameService';

export interface AlternativeName {
  readonly sanType: AlternativeNameType;
  /** May hold Intune's variables. */
  readonly name: string;
}

export interface Validity {
  readonly scale: 'days' | 'months' | 'years';
  readonly value: number;
}

export interface ScepValues {
  /** May hold Intune's variables. */
  readonly subject: string;
  readonly alternativeNames: readonly [AlternativeName, ...AlternativeName[]];
  readonly keySize: 2048 | 4096;
  /** Percent of its life that a certificate has left when the device renews it. */
  readonly thresholdPercent: number;
  readonly validity: Validity;
}

/** Every key signs and transports keys, as EAP-TLS needs with RSA. In the order in which Graph gives them back. */
export const KEY_USAGE = ['keyEncipherment', 'digitalSignature'] as const;

/** The one purpose that every platform honours. */
export const PURPOSE = { name: 'Client Authentication', objectIdentifier: '1.3.6.1.5.5.7.3.2' } as const;

/** The CA reads it to know whose the certificate is; a name that the device chose itself proves nothing. */
const DEVICE_URI = {
  sanType: 'universalResourceIdentifier',
  name: 'IntuneDeviceId://{{DeviceId}}',
} as const satisfies AlternativeName;

const USER = {
  subject: 'CN={{UserName}},E={{EmailAddress}}',
  alternativeNames: [{ sanType: 'userPrincipalName', name: '{{UserPrincipalName}}' }],
} as const satisfies Partial<ScepValues>;

const ONE_YEAR = { scale: 'years', value: 1 } as const satisfies Validity;

const WINDOWS = { keySize: 2048, thresholdPercent: 20, validity: ONE_YEAR } as const;

/** Apple's devices ignore the validity, and never renew what has expired: they begin at half of the life. */
const APPLE = { keySize: 2048, thresholdPercent: 50, validity: ONE_YEAR } as const;

const ANDROID = { keySize: 4096, thresholdPercent: 20, validity: ONE_YEAR } as const;

export const SCEP_VALUES = {
  windows: {
    device: { subject: 'CN={{DeviceName}}', alternativeNames: [DEVICE_URI], ...WINDOWS },
    user: { ...USER, ...WINDOWS },
  },
  ios: {
    device: { subject: 'CN={{DeviceId}}', alternativeNames: [DEVICE_URI], ...APPLE },
    user: { ...USER, ...APPLE },
  },
  macos: {
    device: { subject: 'CN={{DeviceName}}', alternativeNames: [DEVICE_URI], ...APPLE },
    user: { ...USER, ...APPLE },
  },
  'android-work-profile': {
    device: { subject: 'CN={{DeviceId}}', alternativeNames: [DEVICE_URI], ...ANDROID },
    user: { ...USER, ...ANDROID },
  },
  'android-fully-managed': {
    // Intune has no {{DeviceId}} here, and some tenants refuse a profile without an alternative name.
    device: {
      subject: 'CN={{AAD_Device_ID}}',
      alternativeNames: [{ sanType: 'domainNameService', name: '{{AAD_Device_ID}}' }],
      ...ANDROID,
    },
    user: { ...USER, ...ANDROID },
  },
} as const satisfies Record<PlatformName, Record<Kind, ScepValues>>;
