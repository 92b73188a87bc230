/** @module SCEP profiles: how a device asks for its certificate, or its user's. */
import type { ProfileDraft } from './draft.js';
import { PLATFORMS, type Kind, type PlatformName } from './platforms.js';
import { identify, type ProfileRequest } from './request.js';
import { issuerKey } from './trusted.js';
import { KEY_USAGE, PURPOSE, SCEP_VALUES, type ScepValues } from './values.js';

export const scepKey = (platform: PlatformName, kind: Kind): string => `${platform}/${kind}/scep`;

export function createScepDraft(request: ProfileRequest, platform: PlatformName, kind: Kind): ProfileDraft {
  const values: ScepValues = SCEP_VALUES[platform][kind];
  const validity = request.validity ?? values.validity;
  const trust = request.scepTrust ?? PLATFORMS[platform].scepTrust;
  return {
    ...identify(request, platform, 'scep', scepKey(platform, kind), `${kind} certificate`),
    members: {
      scepServerUrls: [request.scepUrl],
      subjectNameFormat: 'custom',
      subjectNameFormatString: values.subject,
      customSubjectAlternativeNames: values.alternativeNames,
      certificateValidityPeriodScale: validity.scale,
      certificateValidityPeriodValue: validity.value,
      renewalThresholdPercentage: request.thresholdPercent ?? values.thresholdPercent,
      keyUsage: KEY_USAGE.join(','),
      keySize: `size${values.keySize}`,
      extendedKeyUsages: [PURPOSE],
      certificateStore: kind === 'device' ? 'machine' : 'user',
      ...onlyHere(platform, kind),
    },
    references: [{ member: 'rootCertificate', isList: false, to: issuerKey(request, platform, trust) }],
  };
}

/** What one platform's type has and another's has not. */
function onlyHere(platform: PlatformName, kind: Kind): Readonly<Record<string, unknown>> {
  switch (platform) {
    case 'windows':
      return { hashAlgorithm: 'sha2', keyStorageProvider: 'useTpmKspOtherwiseFail' };
    case 'ios':
      return {};
    case 'macos':
      return {
        deploymentChannel: kind === 'device' ? 'deviceChannel' : 'userChannel',
        allowAllAppsAccess: false,
      };
    case 'android-work-profile':
    case 'android-fully-managed':
      return { hashAlgorithm: 'sha2' };
  }
}
