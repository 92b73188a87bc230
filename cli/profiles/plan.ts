/** @module What there is to do, found out without doing anything. */
import type { JsonObject } from '../../lib/microsoft/json.js';
import type { GraphClient } from '../graph/client.js';
import { CliError, EXIT } from '../terminal.js';
import { listDifferences, type Difference } from './compare.js';
import type { ProfileDraft, ProfileReference } from './draft.js';
import { findOurs, listProfiles, readProfile, readReference, readTargets } from './existing.js';
import type { Group } from './groups.js';
import { findInPlace, type FoundInPlace, type OtherTrusted } from './places.js';
import { isOfNextCa } from './trusted.js';

export interface PlannedProfile {
  readonly draft: ProfileDraft;
  /** Absent: it is to be created. */
  readonly id: string | undefined;
  /** Members that are not as they should be; references are among them, by the names of what they refer to. */
  readonly differences: readonly Difference[];
  readonly wrongReferences: readonly ProfileReference[];
  /** Targets of the assignments that it has, or is to be created with. */
  readonly targets: readonly JsonObject[];
  /** Name of the profile whose assignments it is to be created with: the one of the CA before. */
  readonly assignedAs?: string;
  readonly newGroups: readonly Group[];
  /** Groups that somebody took out of it on purpose. */
  readonly excludedGroups: readonly Group[];
}

export interface Plan {
  readonly profiles: readonly PlannedProfile[];
  /** Of CAs that the app no longer names, or named and took back: whatever trusts them goes on doing so. */
  readonly kept: readonly OtherTrusted[];
}

export interface PlanOptions {
  readonly appUrl: string;
  /** What all profiles shall be assigned to. */
  readonly groups: readonly Group[];
  readonly onProgress: (draft: ProfileDraft) => void;
}

/** @throws {CliError} when names are taken, or Graph does not answer. */
export async function createPlan(
  graph: GraphClient,
  drafts: readonly ProfileDraft[],
  { appUrl, groups, onProgress }: PlanOptions,
): Promise<Plan> {
  const all = await listProfiles(graph);
  const read = memoize((id) => readProfile(graph, id));
  const found: FoundInPlace[] = [];
  for (const draft of drafts) {
    found.push(
      draft.place
        ? await findInPlace(all, draft, draft.place, appUrl, read)
        : { draft, id: findOurs(all, draft, appUrl), others: [] },
    );
  }
  const names = new Map(all.map(({ id, displayName }) => [String(id), String(displayName)]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const known = { found: new Map(found.map((item) => [item.draft.key, item])), nameOf, read };
  const profiles: PlannedProfile[] = [];
  for (const { draft, id, others } of found) {
    if (id === undefined) {
      const before = others[0] ?? (isOfNextCa(draft) ? await presentRoot(draft, known) : undefined);
      profiles.push(planCreation(draft, before, groups));
      continue;
    }
    onProgress(draft);
    profiles.push(await examine(graph, draft, id, known, groups));
  }
  const wanted = new Set(found.map(({ id }) => id));
  const others = new Map(found.flatMap((item) => item.others.map((other) => [other.id, other])));
  return { profiles, kept: [...others.values()].filter(({ id }) => !wanted.has(id)) };
}

/**
 * Pairs of names: what is assigned already and is to refer to what is not. A device gets no certificate by the one while
 * it does not get the other.
 */
export const listUnreached = ({ profiles }: Plan): readonly (readonly [from: string, to: string])[] =>
  profiles.flatMap(({ draft, targets, wrongReferences }) =>
    profiles
      .filter((other) => targets.length > 0 && wrongReferences.some(({ to }) => to === other.draft.key))
      .filter((other) => other.targets.length + other.newGroups.length === 0)
      .map((other) => [draft.displayName, other.draft.displayName] as const),
  );

/** Every profile is read once: several drafts look at the same ones. */
function memoize(read: (id: string) => Promise<JsonObject>): (id: string) => Promise<JsonObject> {
  const kept = new Map<string, Promise<JsonObject>>();
  return (id) => {
    const reading = kept.get(id) ?? read(id);
    kept.set(id, reading);
    return reading;
  };
}

type Predecessor = Pick<OtherTrusted, 'displayName' | 'profile'>;

/** Whom an issuing CA follows that is announced where the root itself issues. */
async function presentRoot({ key }: ProfileDraft, { found, read }: Known): Promise<Predecessor | undefined> {
  const [platform = ''] = key.split('/');
  const root = found.get(`${platform}/root`);
  return root?.id === undefined
    ? undefined
    : { displayName: root.draft.displayName, profile: await read(root.id) };
}

/** Where it follows another CA's, whoever trusts that one is to trust it, too. */
function planCreation(
  draft: ProfileDraft,
  before: Predecessor | undefined,
  groups: readonly Group[],
): PlannedProfile {
  const targets = before ? readTargets(before.profile) : [];
  return {
    draft,
    id: undefined,
    differences: [],
    wrongReferences: [],
    targets,
    ...(before && targets.length > 0 ? { assignedAs: before.displayName } : {}),
    ...compareGroups(groups, targets),
  };
}

interface Known {
  readonly found: ReadonlyMap<string, FoundInPlace>;
  /** By id. */
  readonly nameOf: (id: string) => string;
  readonly read: (id: string) => Promise<JsonObject>;
}

async function examine(
  graph: GraphClient,
  draft: ProfileDraft,
  id: string,
  known: Known,
  groups: readonly Group[],
): Promise<PlannedProfile> {
  const present = await known.read(id);
  assertType(draft, present);
  const wrongReferences: ProfileReference[] = [];
  const differences = [...listDifferences(draft.members, present)];
  for (const reference of draft.references) {
    const referred = await readReference(graph, id, draft.type, reference);
    const wanted = known.found.get(reference.to);
    if (wanted?.id !== undefined && referred.includes(wanted.id)) continue;
    wrongReferences.push(reference);
    differences.push({
      member: reference.member,
      present: referred.map(known.nameOf),
      wanted: wanted?.draft.displayName,
    });
  }
  const targets = readTargets(present);
  return { draft, id, differences, wrongReferences, targets, ...compareGroups(groups, targets) };
}

function compareGroups(
  groups: readonly Group[],
  targets: readonly JsonObject[],
): Pick<PlannedProfile, 'newGroups' | 'excludedGroups'> {
  const isTarget = (type: string) => (group: Group) =>
    targets.some((target) => target['@odata.type'] === type && target['groupId'] === group.id);
  const isExcluded = isTarget('#microsoft.graph.exclusionGroupAssignmentTarget');
  const isIncluded = isTarget('#microsoft.graph.groupAssignmentTarget');
  return {
    newGroups: groups.filter((group) => !isIncluded(group) && !isExcluded(group)),
    excludedGroups: groups.filter(isExcluded),
  };
}

function assertType({ displayName, type }: ProfileDraft, present: JsonObject): void {
  if (present['@odata.type'] === `#microsoft.graph.${type}`) return;
  throw new CliError(
    EXIT.failed,
    'ERR_PROFILE_TYPE',
    `“${displayName}” is of another type than it should be: ${String(present['@odata.type'])}.`,
    'Delete it in Intune, and run the command again.',
  );
}
