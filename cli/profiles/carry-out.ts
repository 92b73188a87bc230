/** @module A plan made true, profile by profile. Each is whole when it is done, so a run that ends early is gone on with. */
import type { Report } from '../ca/report.js';
import type { GraphClient } from '../graph/client.js';
import { toPayload, type ProfileDraft } from './draft.js';
import { PROFILES, referencePath } from './existing.js';
import { addressOfProfile } from './graph-address.js';
import type { PlannedProfile } from './plan.js';

/**
 * In order, so that what is referred to is there.
 * @param known ids of the profiles that there are, by key.
 * @returns the same, with those that were made.
 * @throws {CliError} what Graph refused; what was done before stays done.
 */
export async function carryOut(
  graph: GraphClient,
  tasks: readonly PlannedProfile[],
  known: ReadonlyMap<string, string>,
  report: Report,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map(known);
  for (const [index, planned] of tasks.entries()) {
    const { draft, differences, newGroups, assignedAs } = planned;
    const step = (verb: string): void => {
      report.step(`(${index + 1}/${tasks.length}) ${verb} ${draft.displayName}.`);
    };
    let { id } = planned;
    if (id === undefined) {
      step('Creating');
      id = await createProfile(graph, draft, ids);
    } else if (differences.length > 0) {
      step('Updating');
      await updateProfile(graph, id, planned, ids);
    }
    if (newGroups.length > 0 || assignedAs !== undefined) {
      step('Assigning');
      await assignProfile(graph, id, planned);
    }
  }
  return ids;
}

/** @param ids of the profiles that there are, by key; a new one is added. */
async function createProfile(
  graph: GraphClient,
  draft: ProfileDraft,
  ids: Map<string, string>,
): Promise<string> {
  const made = await graph.post(PROFILES, toPayload(draft, addressesIn(graph, ids)));
  const id = String(made['id']);
  ids.set(draft.key, id);
  return id;
}

/** Name and description stay: the one is right, the other may be the administrator's own. */
async function updateProfile(
  graph: GraphClient,
  id: string,
  { draft, differences, wrongReferences }: PlannedProfile,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  if (differences.length > wrongReferences.length) {
    await graph.patch(`${PROFILES}/${id}`, {
      '@odata.type': `#microsoft.graph.${draft.type}`,
      ...draft.members,
    });
  }
  const addressOf = addressesIn(graph, ids);
  for (const { member, isList, to } of wrongReferences) {
    const path = `${referencePath(id, draft.type, member)}/$ref`;
    const body = { '@odata.id': addressOf(to) };
    await (isList ? graph.post(path, body) : graph.put(path, body));
  }
}

/** Graph replaces all assignments at once, so those that are there go along. */
async function assignProfile(
  graph: GraphClient,
  id: string,
  { targets, newGroups }: PlannedProfile,
): Promise<void> {
  const added = newGroups.map(({ id: groupId }) => ({
    '@odata.type': '#microsoft.graph.groupAssignmentTarget',
    groupId,
  }));
  await graph.post(`${PROFILES}/${id}/assign`, {
    assignments: [...targets, ...added].map((target) => ({ target })),
  });
}

const addressesIn =
  ({ baseUrl }: GraphClient, ids: ReadonlyMap<string, string>) =>
  (key: string): string =>
    addressOfProfile(ids.get(key) ?? '', baseUrl);
