import { describe, expect, it } from 'vitest';
import { createDrafts } from '../../../../cli/profiles/drafts.js';
import { ISSUER, MIDDLE, payloadOf, requestFor, ROOT } from './request.js';

const SCEP_URL = 'https://skep.example/certsrv/mscep/mscep.dll';
const CLIENT_AUTHENTICATION = [{ name: 'Client Authentication', objectIdentifier: '1.3.6.1.5.5.7.3.2' }];
const DEVICE_URI = [{ sanType: 'universalResourceIdentifier', name: 'IntuneDeviceId://{{DeviceId}}' }];
const USER_NAME = [{ sanType: 'userPrincipalName', name: '{{UserPrincipalName}}' }];
const USER_SUBJECT = 'CN={{UserName}},E={{EmailAddress}}';

describe('a SCEP profile', () => {
  it('of a Windows device', () => {
    expect(payloadOf('windows/device/scep')).toEqual({
      '@odata.type': '#microsoft.graph.windows81SCEPCertificateProfile',
      displayName: 'Skep Windows: device certificate',
      description:
        'Made by skep profiles for https://skep.example.\n[skep windows/device/scep https://skep.example]',
      scepServerUrls: [SCEP_URL],
      subjectNameFormat: 'custom',
      subjectNameFormatString: 'CN={{DeviceName}}',
      customSubjectAlternativeNames: DEVICE_URI,
      certificateValidityPeriodScale: 'years',
      certificateValidityPeriodValue: 1,
      renewalThresholdPercentage: 20,
      keyUsage: 'keyEncipherment,digitalSignature',
      keySize: 'size2048',
      extendedKeyUsages: CLIENT_AUTHENTICATION,
      certificateStore: 'machine',
      hashAlgorithm: 'sha2',
      keyStorageProvider: 'useTpmKspOtherwiseFail',
      'rootCertificate@odata.bind': '<windows/root>',
    });
  });

  it('of a Windows user', () => {
    expect(payloadOf('windows/user/scep')).toEqual({
      ...payloadOf('windows/device/scep'),
      displayName: 'Skep Windows: user certificate',
      description:
        'Made by skep profiles for https://skep.example.\n[skep windows/user/scep https://skep.example]',
      subjectNameFormatString: USER_SUBJECT,
      customSubjectAlternativeNames: USER_NAME,
      certificateStore: 'user',
    });
  });

  it('of an iPhone or iPad: it knows no hash, and renews at half of the life', () => {
    expect(payloadOf('ios/device/scep')).toEqual({
      '@odata.type': '#microsoft.graph.iosScepCertificateProfile',
      displayName: 'Skep iOS and iPadOS: device certificate',
      description:
        'Made by skep profiles for https://skep.example.\n[skep ios/device/scep https://skep.example]',
      scepServerUrls: [SCEP_URL],
      subjectNameFormat: 'custom',
      subjectNameFormatString: 'CN={{DeviceId}}',
      customSubjectAlternativeNames: DEVICE_URI,
      certificateValidityPeriodScale: 'years',
      certificateValidityPeriodValue: 1,
      renewalThresholdPercentage: 50,
      keyUsage: 'keyEncipherment,digitalSignature',
      keySize: 'size2048',
      extendedKeyUsages: CLIENT_AUTHENTICATION,
      certificateStore: 'machine',
      'rootCertificate@odata.bind': '<ios/root>',
    });
  });

  it.each([
    ['device', 'CN={{DeviceName}}', DEVICE_URI, 'machine', 'deviceChannel'],
    ['user', USER_SUBJECT, USER_NAME, 'user', 'userChannel'],
  ])('of a Mac: %s', (kind, subject, names, store, channel) => {
    expect(payloadOf(`macos/${kind}/scep`)).toEqual({
      '@odata.type': '#microsoft.graph.macOSScepCertificateProfile',
      displayName: `Skep macOS: ${kind} certificate`,
      description: `Made by skep profiles for https://skep.example.\n[skep macos/${kind}/scep https://skep.example]`,
      scepServerUrls: [SCEP_URL],
      subjectNameFormat: 'custom',
      subjectNameFormatString: subject,
      customSubjectAlternativeNames: names,
      certificateValidityPeriodScale: 'years',
      certificateValidityPeriodValue: 1,
      renewalThresholdPercentage: 50,
      keyUsage: 'keyEncipherment,digitalSignature',
      keySize: 'size2048',
      extendedKeyUsages: CLIENT_AUTHENTICATION,
      certificateStore: store,
      deploymentChannel: channel,
      allowAllAppsAccess: false,
      'rootCertificate@odata.bind': '<macos/root>',
    });
  });

  it.each([
    ['android-work-profile', 'androidWorkProfileScepCertificateProfile', 'CN={{DeviceId}}', DEVICE_URI],
    [
      'android-fully-managed',
      'androidDeviceOwnerScepCertificateProfile',
      'CN={{AAD_Device_ID}}',
      [{ sanType: 'domainNameService', name: '{{AAD_Device_ID}}' }],
    ],
  ])('of an Android device: %s', (platform, type, subject, names) => {
    const payload = payloadOf(`${platform}/device/scep`);
    expect(payload).toMatchObject({
      '@odata.type': `#microsoft.graph.${type}`,
      scepServerUrls: [SCEP_URL],
      subjectNameFormat: 'custom',
      subjectNameFormatString: subject,
      certificateValidityPeriodScale: 'years',
      certificateValidityPeriodValue: 1,
      renewalThresholdPercentage: 20,
      keyUsage: 'keyEncipherment,digitalSignature',
      keySize: 'size4096',
      hashAlgorithm: 'sha2',
      certificateStore: 'machine',
      'rootCertificate@odata.bind': `<${platform}/root>`,
    });
    expect(payload['customSubjectAlternativeNames']).toEqual(names);
    expect(payload['extendedKeyUsages']).toEqual(CLIENT_AUTHENTICATION);
    expect(Object.keys(payload)).toHaveLength(16);
  });

  it.each(['ios', 'android-work-profile', 'android-fully-managed'])('of a user: %s', (platform) => {
    expect(payloadOf(`${platform}/user/scep`)).toMatchObject({
      subjectNameFormatString: USER_SUBJECT,
      customSubjectAlternativeNames: USER_NAME,
      certificateStore: 'user',
    });
  });

  it('takes validity, threshold, address and prefix from the request', () => {
    const changes = {
      validity: { scale: 'days', value: 400 },
      thresholdPercent: 35,
      scepUrl: 'https://skep.example/scep/vpn',
      namePrefix: 'Contoso',
    } as const;
    for (const key of ['windows/device/scep', 'ios/user/scep', 'android-work-profile/device/scep']) {
      const payload = payloadOf(key, changes);
      expect(payload).toMatchObject({
        certificateValidityPeriodScale: 'days',
        certificateValidityPeriodValue: 400,
        renewalThresholdPercentage: 35,
        scepServerUrls: ['https://skep.example/scep/vpn'],
      });
      expect(payload['displayName']).toMatch(/^Contoso /);
    }
  });
});

describe('the certificate that a SCEP profile refers to', () => {
  const trustOf = (platform: string, changes: Parameters<typeof payloadOf>[1]) =>
    payloadOf(`${platform}/device/scep`, changes)['rootCertificate@odata.bind'];

  it.each([
    ['windows', '<windows/issuer>'],
    ['ios', '<ios/root>'],
    ['macos', '<macos/root>'],
    ['android-work-profile', '<android-work-profile/root>'],
    ['android-fully-managed', '<android-fully-managed/root>'],
  ])('below another CA, on %s: %s', (platform, expected) => {
    expect(trustOf(platform, { chain: [ISSUER, MIDDLE, ROOT] })).toBe(expected);
  });

  it('is chosen by --scep-root, for every platform', () => {
    const chain = [ISSUER, ROOT] as const;
    expect(trustOf('windows', { chain, scepTrust: 'root' })).toBe('<windows/root>');
    expect(trustOf('ios', { chain, scepTrust: 'issuer' })).toBe('<ios/issuer>');
    expect(trustOf('ios', { scepTrust: 'issuer' })).toBe('<ios/root>');
  });

  it('comes before it in the list, whatever is asked for', () => {
    const drafts = createDrafts(requestFor({ chain: [ISSUER, MIDDLE, ROOT] }));
    const seen = new Set<string>();
    for (const { key, references } of drafts) {
      for (const { to } of references) expect(seen, `${key} refers to ${to}`).toContain(to);
      seen.add(key);
    }
    expect(drafts).toHaveLength(5 * (3 + 2));
    expect(seen.size).toBe(drafts.length);
  });
});
