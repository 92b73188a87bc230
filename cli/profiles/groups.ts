/** @module The groups that profiles are assigned to. */
import type { JsonObject } from '../../lib/microsoft/json.js';
import type { GraphClient } from '../graph/client.js';
import { CliError, EXIT } from '../terminal.js';

export interface Group {
  readonly id: string;
  readonly name: string;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @param wanted name or id of each. @throws {CliError} when there is none, or more than one of the name. */
export async function findGroups(graph: GraphClient, wanted: readonly string[]): Promise<readonly Group[]> {
  const groups: Group[] = [];
  for (const nameOrId of wanted) groups.push(await findGroup(graph, nameOrId));
  return groups;
}

async function findGroup(graph: GraphClient, nameOrId: string): Promise<Group> {
  const select = '$select=id,displayName';
  if (GUID.test(nameOrId)) return toGroup(await graph.get(`groups/${nameOrId}?${select}`));
  const filter = encodeURIComponent(`displayName eq '${nameOrId.replaceAll("'", "''")}'`);
  const found = await graph.list(`groups?$filter=${filter}&${select}`);
  const [first] = found;
  if (first && found.length === 1) return toGroup(first);
  throw new CliError(
    EXIT.failed,
    'ERR_GROUP',
    first ? `There are ${found.length} groups “${nameOrId}”.` : `There is no group “${nameOrId}”.`,
    first
      ? `Name one by its id: --assign ${found.map(({ id }) => String(id)).join(' or ')}.`
      : 'Check the name in Entra; letters, spaces and all.',
  );
}

const toGroup = ({ id, displayName }: JsonObject): Group => ({ id: String(id), name: String(displayName) });
