/**
 * @module The platforms that profiles are made for, and what Microsoft Graph calls them. All these types live in Graph's
 * beta alone; its version 1.0 does not know certificate profiles.
 */

/** Which trusted certificate a SCEP profile refers to: the one that issues, or the one on top. */
export type ScepTrust = 'issuer' | 'root';

export interface Platform {
  readonly title: string;
  /** Names in the namespace microsoft.graph. */
  readonly types: { readonly trusted: string; readonly scep: string; readonly wifi: string };
  /**
   * Windows compares GetCACert with the CA that issues, Android wants the root whatever issues. For Apple no one says;
   * the root is what Intune's pages call the field.
   */
  readonly scepTrust: ScepTrust;
  /** The relation of a Wi-Fi profile to what the RADIUS server's certificate is checked with. */
  readonly wifiTrust: 'rootCertificateForServerValidation' | 'rootCertificatesForServerValidation';
}

export const PLATFORMS = {
  windows: {
    title: 'Windows',
    types: {
      trusted: 'windows81TrustedRootCertificate',
      scep: 'windows81SCEPCertificateProfile',
      wifi: 'windowsWifiEnterpriseEAPConfiguration',
    },
    scepTrust: 'issuer',
    wifiTrust: 'rootCertificatesForServerValidation',
  },
  ios: {
    title: 'iOS and iPadOS',
    types: {
      trusted: 'iosTrustedRootCertificate',
      scep: 'iosScepCertificateProfile',
      wifi: 'iosEnterpriseWiFiConfiguration',
    },
    scepTrust: 'root',
    wifiTrust: 'rootCertificatesForServerValidation',
  },
  macos: {
    title: 'macOS',
    types: {
      trusted: 'macOSTrustedRootCertificate',
      scep: 'macOSScepCertificateProfile',
      wifi: 'macOSEnterpriseWiFiConfiguration',
    },
    scepTrust: 'root',
    wifiTrust: 'rootCertificatesForServerValidation',
  },
  'android-work-profile': {
    title: 'Android work profile',
    types: {
      trusted: 'androidWorkProfileTrustedRootCertificate',
      scep: 'androidWorkProfileScepCertificateProfile',
      wifi: 'androidWorkProfileEnterpriseWiFiConfiguration',
    },
    scepTrust: 'root',
    wifiTrust: 'rootCertificateForServerValidation',
  },
  'android-fully-managed': {
    title: 'Android fully managed',
    types: {
      trusted: 'androidDeviceOwnerTrustedRootCertificate',
      scep: 'androidDeviceOwnerScepCertificateProfile',
      wifi: 'androidDeviceOwnerEnterpriseWiFiConfiguration',
    },
    scepTrust: 'root',
    wifiTrust: 'rootCertificateForServerValidation',
  },
} as const satisfies Record<string, Platform>;

export type PlatformName = keyof typeof PLATFORMS;

export const PLATFORM_NAMES = Object.keys(PLATFORMS) as readonly PlatformName[];

export const KINDS = ['device', 'user'] as const;

/** Whose certificate it is. */
export type Kind = (typeof KINDS)[number];
