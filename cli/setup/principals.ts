/** @module Service principals as Graph shows them: the identity that is set up, and the owners of app roles. */
import * as v from 'valibot';
import type { GraphClient } from '../graph/client.js';
import { GraphRefusal } from '../graph/refusal.js';
import { CliError, EXIT } from '../terminal.js';

const Principal = v.object({ id: v.string(), appId: v.string(), displayName: v.string() });
const RoleOwner = v.object({
  ...Principal.entries,
  appRoles: v.array(
    v.object({
      id: v.string(),
      value: v.nullish(v.string()),
      isEnabled: v.boolean(),
      allowedMemberTypes: v.array(v.string()),
    }),
  ),
});

export type Principal = v.InferOutput<typeof Principal>;
export type RoleOwner = v.InferOutput<typeof RoleOwner>;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isGuid = (text: string): boolean => GUID.test(text);

/** The members that are read, and no more. */
const SELECT = '$select=id,appId,displayName';

/**
 * @param named object id, client id or display name.
 * @throws {CliError} when the tenant has none of that name, or several.
 */
export async function findIdentity(graph: GraphClient, named: string): Promise<Principal> {
  const found = isGuid(named)
    ? ((await findById(graph, named)) ?? (await findWhere(graph, 'appId', named)))
    : await findWhere(graph, 'displayName', named);
  const [first, second] = found;
  if (first && !second) return first;
  throw first
    ? new CliError(
        EXIT.failed,
        'ERR_IDENTITY_AMBIGUOUS',
        `There are several identities named ${named}: ${found.map(({ id }) => id).join(', ')}.`,
        'Give the object id of the right one with --identity.',
      )
    : new CliError(
        EXIT.failed,
        'ERR_IDENTITY_UNKNOWN',
        `This tenant has no identity ${named}.`,
        'Check --tenant. A new identity shows after a minute or two: then run it again.',
      );
}

async function findById(graph: GraphClient, id: string): Promise<readonly Principal[] | undefined> {
  try {
    return [read(Principal, await graph.get(`servicePrincipals/${id}?${SELECT}`))];
  } catch (thrown) {
    if (thrown instanceof GraphRefusal && thrown.status === 404) return undefined;
    throw thrown;
  }
}

async function findWhere(graph: GraphClient, member: string, value: string): Promise<readonly Principal[]> {
  const entries = await graph.list(`servicePrincipals?${filterBy(member, value)}&${SELECT}`);
  return entries.map((entry) => read(Principal, entry));
}

/** @throws {CliError} when the tenant lacks the application. */
export async function findRoleOwner(graph: GraphClient, appId: string, api: string): Promise<RoleOwner> {
  const [entry] = await graph.list(`servicePrincipals?${filterBy('appId', appId)}&${SELECT},appRoles`);
  if (entry) return read(RoleOwner, entry);
  throw new CliError(
    EXIT.failed,
    'ERR_API_UNKNOWN',
    `This tenant has no ${api} (application ${appId}).`,
    'Check --tenant: it must be the one that Intune is in, with a licence for it.',
  );
}

/** The role that applications can be granted, by its value. @throws {CliError} when the API has none. */
export function findRoleId({ appRoles, displayName }: RoleOwner, value: string): string {
  const role = appRoles.find(
    (candidate) =>
      candidate.value === value &&
      candidate.isEnabled &&
      candidate.allowedMemberTypes.includes('Application'),
  );
  if (role) return role.id;
  throw new CliError(
    EXIT.failed,
    'ERR_ROLE_UNKNOWN',
    `${displayName} has no app role ${value} in this tenant.`,
    'Report it; Microsoft may have renamed the role.',
  );
}

const Assignment = v.object({ resourceId: v.string(), appRoleId: v.string() });
export type Assignment = v.InferOutput<typeof Assignment>;

export async function listAssignments(
  graph: GraphClient,
  principalId: string,
): Promise<readonly Assignment[]> {
  const entries = await graph.list(`servicePrincipals/${principalId}/appRoleAssignments`);
  return entries.map((entry) => read(Assignment, entry));
}

const filterBy = (member: string, value: string): string =>
  `$filter=${encodeURIComponent(`${member} eq '${value.replaceAll("'", "''")}'`)}`;

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new CliError(
    EXIT.failed,
    'ERR_GRAPH_ANSWER',
    'Microsoft Graph answered in a form that this command does not know.',
    'Report it with the command that you ran.',
    { cause: parsed.issues },
  );
}
