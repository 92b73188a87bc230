/** @module From profiles of Graph to what devices get: a SCEP profile, and whom it is aimed at. */
import { createHash } from 'node:crypto';
import { fromBase64, toHex } from '../../../lib/base/bytes.js';
import { queueUntargeted } from '../certificates.js';
import type { AlternativeNameType, Assignment, DeviceConfiguration, ScepProfile } from '../model.js';
import { reviseProfile } from '../profile-edits.js';
import { PROFILE_DEFAULTS } from '../seed.js';
import type { Service } from '../service.js';
import { isMember, type SimulatorState } from '../state.js';
import { CONFIGURATION_TYPES } from './configuration-types.js';
import { refuseGraph } from './errors.js';

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
  const certificate = fromBase64(String(trusted?.members['trustedRootCertificate'] ?? ''));
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

type Target = DeviceConfiguration['targets'][number];

const INCLUDED = '#microsoft.graph.groupAssignmentTarget';
const EXCLUDED = '#microsoft.graph.exclusionGroupAssignmentTarget';

/** What an assignment to everyone of a sort is called here. */
const EVERYONE: Readonly<Record<string, Assignment['target']>> = {
  '#microsoft.graph.allDevicesAssignmentTarget': 'allDevices',
  '#microsoft.graph.allLicensedUsersAssignmentTarget': 'allUsers',
};

/**
 * Puts the assignments of a body in place of those that there are.
 * @returns their targets.
 * @throws {Problem} 400 for a target that is not known, or a group that is not there.
 */
export function replaceAssignments(
  { state, clock }: Service,
  row: DeviceConfiguration,
  body: Readonly<Record<string, unknown>>,
): readonly Target[] {
  const targets = readTargets(body, state) ?? refuseGraph('BadRequest', clock.now());
  const excludedDeviceIds = [...state.devices.values()]
    .filter((device) =>
      targets.some(
        (target) => target['@odata.type'] === EXCLUDED && isMember(state, String(target['groupId']), device),
      ),
    )
    .map(({ id }) => id);
  for (const { id, profileId } of [...state.assignments.values()]) {
    if (profileId === row.id) state.assignments.delete(id);
  }
  for (const target of targets) {
    const type = String(target['@odata.type']);
    const kind = type === INCLUDED ? 'group' : EVERYONE[type];
    if (!kind) continue;
    const targetId = kind === 'group' ? String(target['groupId']) : '';
    const id = `${row.id}_${targetId || kind}`;
    const assignedAt = clock.now().toISOString();
    state.assignments.set(id, {
      id,
      profileId: row.id,
      target: kind,
      targetId,
      excludedDeviceIds,
      assignedAt,
    });
  }
  queueUntargeted(state);
  return targets;
}

function readTargets(body: Readonly<Record<string, unknown>>, state: SimulatorState): Target[] | undefined {
  const { assignments } = body;
  if (!Array.isArray(assignments)) return undefined;
  const targets = assignments.map(
    (assignment: unknown) => (assignment as { target?: Target } | null)?.target,
  );
  return targets.every((target): target is Target => isTarget(target, state)) ? targets : undefined;
}

function isTarget(target: Target | null | undefined, state: SimulatorState): boolean {
  if (typeof target !== 'object' || target === null) return false;
  const type = String(target['@odata.type']);
  if (type === INCLUDED || type === EXCLUDED) return state.groups.has(String(target['groupId']));
  return Object.hasOwn(EVERYONE, type);
}
