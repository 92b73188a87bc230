/** @module What there is to do, found out without doing anything. */
import type { JsonObject } from '../../lib/microsoft/json.js';
import type { GraphClient } from '../graph/client.js';
import { CliError, EXIT } from '../terminal.js';
import { listDifferences, type Difference } from './compare.js';
import type { ProfileDraft, ProfileReference } from './draft.js';
import { findOurs, listProfiles, readProfile, readReference, readTargets } from './existing.js';
import type { Group } from './groups.js';

export interface PlannedProfile {
  readonly draft: ProfileDraft;
  /** Absent: it is to be created. */
  readonly id: string | undefined;
  /** Members that are not as they should be; references are among them, by the keys of what they refer to. */
  readonly differences: readonly Difference[];
  readonly wrongReferences: readonly ProfileReference[];
  /** Targets of the assignments that it has. */
  readonly targets: readonly JsonObject[];
  readonly newGroups: readonly Group[];
  /** Groups that somebody took out of it on purpose. */
  readonly excludedGroups: readonly Group[];
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
): Promise<readonly PlannedProfile[]> {
  const all = await listProfiles(graph);
  const ids = new Map(drafts.map((draft) => [draft.key, findOurs(all, draft, appUrl)]));
  const plan: PlannedProfile[] = [];
  for (const draft of drafts) {
    const id = ids.get(draft.key);
    if (id === undefined) {
      plan.push({ ...NOTHING, draft, id, newGroups: groups });
      continue;
    }
    onProgress(draft);
    plan.push(await examine(graph, draft, id, ids, groups));
  }
  return plan;
}

const NOTHING = { differences: [], wrongReferences: [], targets: [], excludedGroups: [] } as const;

async function examine(
  graph: GraphClient,
  draft: ProfileDraft,
  id: string,
  ids: ReadonlyMap<string, string | undefined>,
  groups: readonly Group[],
): Promise<PlannedProfile> {
  const present = await readProfile(graph, id);
  assertType(draft, present);
  const wrongReferences: ProfileReference[] = [];
  const differences = [...listDifferences(draft.members, present)];
  for (const reference of draft.references) {
    const found = await readReference(graph, id, draft.type, reference);
    const wanted = ids.get(reference.to);
    if (wanted !== undefined && found.includes(wanted)) continue;
    wrongReferences.push(reference);
    differences.push({ member: reference.member, present: found, wanted: reference.to });
  }
  const targets = readTargets(present);
  const isTarget = (type: string) => (group: Group) =>
    targets.some((target) => target['@odata.type'] === type && target['groupId'] === group.id);
  const isExcluded = isTarget('#microsoft.graph.exclusionGroupAssignmentTarget');
  const isIncluded = isTarget('#microsoft.graph.groupAssignmentTarget');
  return {
    draft,
    id,
    differences,
    wrongReferences,
    targets,
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
