/** @module Wi-Fi profiles: EAP-TLS with the certificate that the SCEP profile brings. */
import type { ProfileDraft } from './draft.js';
import { PLATFORMS, type Kind, type PlatformName } from './platforms.js';
import { identify, type ProfileRequest, type WifiNetwork } from './request.js';
import { scepKey } from './scep.js';
import { trustedKey } from './trusted.js';

export function createWifiDraft(
  request: ProfileRequest,
  { ssid, radiusServers, radiusRoot }: WifiNetwork,
  platform: PlatformName,
  kind: Kind,
): ProfileDraft {
  const { wifiTrust } = PLATFORMS[platform];
  return {
    ...identify(request, platform, 'wifi', `${platform}/${kind}/wifi`, `Wi-Fi ${ssid} (${kind})`),
    members: {
      networkName: ssid,
      ssid,
      connectAutomatically: true,
      connectWhenNetworkNameIsHidden: false,
      eapType: 'eapTls',
      authenticationMethod: 'certificate',
      trustedServerCertificateNames: radiusServers,
      ...onlyHere(platform, kind),
    },
    references: [
      {
        member: wifiTrust,
        isList: wifiTrust === 'rootCertificatesForServerValidation',
        to: trustedKey(platform, radiusRoot ? 'radius' : 'root'),
      },
      {
        member: 'identityCertificateForClientAuthentication',
        isList: false,
        to: scepKey(platform, kind),
      },
    ],
  };
}

/** Also what the types spell differently: `wifiSecurityType` and `proxySetting` are Windows' alone. */
function onlyHere(platform: PlatformName, kind: Kind): Readonly<Record<string, unknown>> {
  switch (platform) {
    case 'windows':
      return {
        wifiSecurityType: 'wpa2Enterprise',
        proxySetting: 'none',
        authenticationType: kind === 'device' ? 'machine' : 'user',
        connectToPreferredNetwork: false,
        meteredConnectionLimit: 'unrestricted',
        networkSingleSignOn: 'disabled',
        forceFIPSCompliance: false,
      };
    case 'ios':
      return { wiFiSecurityType: 'wpa2Enterprise', proxySettings: 'none' };
    case 'macos':
      return {
        wiFiSecurityType: 'wpa2Enterprise',
        proxySettings: 'none',
        deploymentChannel: kind === 'device' ? 'deviceChannel' : 'userChannel',
      };
    case 'android-work-profile':
    case 'android-fully-managed':
      return { wiFiSecurityType: 'wpaEnterprise', proxySettings: 'none' };
  }
}
