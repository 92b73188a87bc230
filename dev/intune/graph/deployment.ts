/** @module From SCEP profiles of Graph to what devices get. */
import { createHash } from 'node:crypto';
import { fromBase64, toHex } from '../../../lib/base/bytes.js';
import type { AlternativeNameType, DeviceConfiguration, ScepProfile } from '../model.js';
import { reviseProfile } from '../profile-edits.js';
import { PROFILE_DEFAULTS } from '../seed.js';
import type { Service } from '../service.js';
import type { SimulatorState } from '../state.js';
import { CONFIGURATION_TYPES } from './configuration-types.js';

/** The members of a SCEP profile, after their check. */
interface ScepMembers {
  readonly displayName: string;
  readonly description?: string | null;
  readonly scepServerUrls: readonly string[];
  readonly subjectNameFormatString: string;
  readonly customSubjectAlternativeNames: readonly { readonly sanType: string; readonly name: string }[];
  readonly certificateValidityPeriodScale: 'days' | 'months' | 'years';
  readonly certificateValidityPeriodValue: number;
  readonly renewalThresholdPercentage: number;
  readonly keyUsage: string;
  readonly keySize: string;
  readonly extendedKeyUsages: readonly { readonly objectIdentifier: string }[];
  readonly certificateStore: 'user' | 'machine';
  readonly keyStorageProvider?: keyof typeof KEY_PROTECTION;
}

const NAME_TYPES: Readonly<Record<string, AlternativeNameType>> = {
  emailAddress: 'rfc822',
  userPrincipalName: 'upn',
  domainNameService: 'dns',
  universalResourceIdentifier: 'uri',
};

const KEY_PROTECTION = {
  useTpmKspOtherwiseFail: 1,
  useTpmKspOtherwiseUseSoftwareKsp: 2,
  useSoftwareKsp: 3,
  usePassportForWorkKspOtherwiseFail: 4,
} as const;

const VALIDITY_UNITS = { days: 'Days', months: 'Months', years: 'Years' } as const;

/** Lets devices have what a SCEP profile now says; also when the trusted certificate under it was changed. */
export function deploy({ state }: Service, changed: DeviceConfiguration): void {
  for (const row of state.configurations.values()) {
    if (CONFIGURATION_TYPES[row.type]?.role !== 'scep') continue;
    if (row !== changed && !row.references['rootCertificate']?.includes(changed.id)) continue;
    const profile = toScepProfile(state, row);
    const present = state.profiles.get(row.id);
    if (!present) {
      state.profiles.set(row.id, profile);
      continue;
    }
    const before = { ...present };
    Object.assign(present, profile, { version: before.version });
    reviseProfile(state, present, before);
  }
}

function toScepProfile(state: SimulatorState, row: DeviceConfiguration): ScepProfile {
  const members = row.members as unknown as ScepMembers;
  const [trustedId = ''] = row.references['rootCertificate'] ?? [];
  const trusted = state.configurations.get(trustedId);
  const { trustedRootCertificate } = (trusted?.members ?? {}) as { trustedRootCertificate?: string };
  const certificate = fromBase64(trustedRootCertificate ?? '');
  const usages = members.keyUsage.split(',');
  return {
    ...PROFILE_DEFAULTS,
    id: row.id,
    tenantId: row.tenantId,
    name: members.displayName,
    description: members.description ?? '',
    os: CONFIGURATION_TYPES[row.type]?.os ?? '',
    trustedProfileId: trustedId,
    type: members.certificateStore === 'user' ? 'user' : 'device',
    subjectFormat: members.subjectNameFormatString,
    subjectAlternativeNames: members.customSubjectAlternativeNames.flatMap(({ sanType, name }) => {
      const type = NAME_TYPES[sanType];
      return type ? [{ type, value: name }] : [];
    }),
    keyUsage:
      (usages.includes('digitalSignature') ? 0x80 : 0) | (usages.includes('keyEncipherment') ? 0x20 : 0),
    extendedKeyUsages: members.extendedKeyUsages.map(({ objectIdentifier }) => objectIdentifier),
    keyLength: Number(members.keySize.replace('size', '')),
    validity: {
      unit: VALIDITY_UNITS[members.certificateValidityPeriodScale],
      count: members.certificateValidityPeriodValue,
    },
    keyProtection: KEY_PROTECTION[members.keyStorageProvider ?? 'useTpmKspOtherwiseUseSoftwareKsp'],
    caThumbprint: toHex(createHash('sha1').update(certificate).digest()),
    serverUrls: members.scepServerUrls,
    renewalThresholdPercent: members.renewalThresholdPercentage,
  };
}
