import { describe, expect, it } from 'vitest';
import { createDrafts } from '../../../../cli/profiles/drafts.js';
import { payloadOf, RADIUS_ROOT, requestFor, WIFI } from './request.js';

const COMMON = {
  networkName: 'Contoso',
  ssid: 'Contoso',
  connectAutomatically: true,
  connectWhenNetworkNameIsHidden: false,
  eapType: 'eapTls',
  authenticationMethod: 'certificate',
  trustedServerCertificateNames: ['radius1.contoso.example', 'radius2.contoso.example'],
};

/** What every platform's body must be, but for name and description. */
const EXPECTED = {
  windows: (kind: string) => ({
    '@odata.type': '#microsoft.graph.windowsWifiEnterpriseEAPConfiguration',
    ...COMMON,
    wifiSecurityType: 'wpa2Enterprise',
    proxySetting: 'none',
    authenticationType: kind === 'device' ? 'machine' : 'user',
    connectToPreferredNetwork: false,
    meteredConnectionLimit: 'unrestricted',
    networkSingleSignOn: 'disabled',
    forceFIPSCompliance: false,
    'rootCertificatesForServerValidation@odata.bind': ['<windows/root>'],
    'identityCertificateForClientAuthentication@odata.bind': `<windows/${kind}/scep>`,
  }),
  ios: (kind: string) => ({
    '@odata.type': '#microsoft.graph.iosEnterpriseWiFiConfiguration',
    ...COMMON,
    wiFiSecurityType: 'wpa2Enterprise',
    proxySettings: 'none',
    'rootCertificatesForServerValidation@odata.bind': ['<ios/root>'],
    'identityCertificateForClientAuthentication@odata.bind': `<ios/${kind}/scep>`,
  }),
  macos: (kind: string) => ({
    '@odata.type': '#microsoft.graph.macOSEnterpriseWiFiConfiguration',
    ...COMMON,
    wiFiSecurityType: 'wpa2Enterprise',
    proxySettings: 'none',
    deploymentChannel: kind === 'device' ? 'deviceChannel' : 'userChannel',
    'rootCertificatesForServerValidation@odata.bind': ['<macos/root>'],
    'identityCertificateForClientAuthentication@odata.bind': `<macos/${kind}/scep>`,
  }),
  'android-work-profile': (kind: string) => ({
    '@odata.type': '#microsoft.graph.androidWorkProfileEnterpriseWiFiConfiguration',
    ...COMMON,
    wiFiSecurityType: 'wpaEnterprise',
    proxySettings: 'none',
    'rootCertificateForServerValidation@odata.bind': '<android-work-profile/root>',
    'identityCertificateForClientAuthentication@odata.bind': `<android-work-profile/${kind}/scep>`,
  }),
  'android-fully-managed': (kind: string) => ({
    '@odata.type': '#microsoft.graph.androidDeviceOwnerEnterpriseWiFiConfiguration',
    ...COMMON,
    wiFiSecurityType: 'wpaEnterprise',
    proxySettings: 'none',
    'rootCertificateForServerValidation@odata.bind': '<android-fully-managed/root>',
    'identityCertificateForClientAuthentication@odata.bind': `<android-fully-managed/${kind}/scep>`,
  }),
};

describe.each(Object.entries(EXPECTED))('a Wi-Fi profile of %s', (platform, expected) => {
  it.each(['device', 'user'])('for a %s', (kind) => {
    const { displayName, description, ...payload } = payloadOf(`${platform}/${kind}/wifi`, { wifi: WIFI });
    expect(displayName).toMatch(new RegExp(`: Wi-Fi Contoso \\(${kind}\\)$`));
    expect(description).toContain(`[skep ${platform}/${kind}/wifi https://skep.example]`);
    expect(payload).toEqual(expected(kind));
  });

  it('checks the RADIUS server with the root that is named for it', () => {
    const payload = payloadOf(`${platform}/device/wifi`, { wifi: { ...WIFI, radiusRoot: RADIUS_ROOT } });
    const [reference] = Object.entries(payload).filter(([name]) => name.startsWith('rootCertificate'));
    expect([reference?.[1]].flat()).toEqual([`<${platform}/radius>`]);
  });
});

it('is made only when a network is named', () => {
  expect(createDrafts(requestFor()).filter(({ key }) => key.endsWith('/wifi'))).toEqual([]);
  expect(createDrafts(requestFor({ wifi: WIFI })).filter(({ key }) => key.endsWith('/wifi'))).toHaveLength(
    10,
  );
});
