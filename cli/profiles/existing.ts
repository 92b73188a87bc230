/** @module The profiles that Intune has: which of them are ours, what they hold, refer to and are assigned to. */
import { isJsonObject, type JsonObject } from '../../lib/microsoft/json.js';
import type { GraphClient } from '../graph/client.js';
import { GraphRefusal } from '../graph/refusal.js';
import { CliError, EXIT } from '../terminal.js';
import { markerOf, type ProfileDraft, type ProfileReference } from './draft.js';

export const PROFILES = 'deviceManagement/deviceConfigurations';

/** Name, description and id of every profile of the tenant. */
export const listProfiles = (graph: GraphClient): Promise<readonly JsonObject[]> =>
  graph.list(`${PROFILES}?$select=id,displayName,description`);

/**
 * A profile is ours when it has the name and, in its description, the marker.
 * @returns its id, or undefined when there is none.
 * @throws {CliError} when somebody else's has the name, or two of ours.
 */
export function findOurs(
  profiles: readonly JsonObject[],
  { key, displayName }: ProfileDraft,
  appUrl: string,
): string | undefined {
  const namesakes = profiles.filter((profile) => profile['displayName'] === displayName);
  const ours = namesakes.filter((profile) => hasMarker(profile, key, appUrl));
  const [first] = ours;
  if (ours.length > 1) throw twice(displayName, ours);
  if (first) return String(first['id']);
  if (namesakes.length === 0) return undefined;
  throw nameTaken(displayName, key, appUrl);
}

export const hasMarker = ({ description }: JsonObject, key: string, appUrl: string): boolean =>
  typeof description === 'string' && description.includes(markerOf(key, appUrl));

export const twice = (displayName: string, ours: readonly JsonObject[]): CliError =>
  conflict(
    'ERR_PROFILE_TWICE',
    `There are ${ours.length} profiles “${displayName}” of ours: ${ours.map(({ id }) => String(id)).join(', ')}.`,
    'Delete all but one of them in Intune, and run the command again.',
  );

export const nameTaken = (displayName: string, key: string, appUrl: string): CliError =>
  conflict(
    'ERR_PROFILE_NAME',
    `There is a profile “${displayName}” that skep did not make for this app.`,
    `Choose other names with --name-prefix, or put “${markerOf(key, appUrl)}” into its description to hand it over.`,
  );

/** What Graph knows of one profile, with its assignments. */
export const readProfile = (graph: GraphClient, id: string): Promise<JsonObject> =>
  graph.get(`${PROFILES}/${id}?$expand=assignments`);

/** Where a reference of a profile is read and written: Graph leaves it out of the profile itself. */
export const referencePath = (id: string, type: string, member: string): string =>
  `${PROFILES}/${id}/microsoft.graph.${type}/${member}`;

/** Ids of the profiles that it refers to there; none or one where Graph holds no list. */
export async function readReference(
  graph: GraphClient,
  id: string,
  type: string,
  { member, isList }: ProfileReference,
): Promise<readonly string[]> {
  const path = `${referencePath(id, type, member)}?$select=id`;
  try {
    const found = isList ? await graph.list(path) : [await graph.get(path)];
    return found.map((profile) => String(profile['id']));
  } catch (thrown) {
    if (thrown instanceof GraphRefusal && thrown.status === 404) return [];
    throw thrown;
  }
}

/** The targets of its assignments, as Graph gives them. */
export function readTargets(profile: JsonObject): readonly JsonObject[] {
  const assignments = profile['assignments'];
  if (!Array.isArray(assignments)) return [];
  return (assignments as unknown[])
    .filter(isJsonObject)
    .map(({ target }) => target)
    .filter(isJsonObject);
}

const conflict = (code: string, message: string, next: string): CliError =>
  new CliError(EXIT.failed, code, message, next);
