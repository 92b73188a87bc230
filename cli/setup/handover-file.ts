/** @module What somebody who may grant app roles is handed by somebody who may not: to read, to run, and for `--from`. */
import * as v from 'valibot';
import { parseJsonObject } from '../../lib/microsoft/json.js';
import { readFile } from '../files.js';
import { quoteForShell } from '../shell.js';
import { usageError } from '../terminal.js';
import { TENANT } from './deployment.js';
import { listNeededRoles, type NeededRole } from './needed-roles.js';
import { isGuid } from './principals.js';

export interface Handover {
  /** Object id or client id of the identity. */
  readonly identity: string;
  /** Where it is known. */
  readonly name?: string;
  readonly tenant?: string;
  /** Differs in national clouds. */
  readonly graphUrl: string;
  readonly roles: readonly NeededRole[];
}

const Block = v.object({
  skep: v.literal('handover 1'),
  identity: v.pipe(v.string(), v.check(isGuid, 'is no id')),
  tenant: v.exactOptional(v.pipe(v.string(), v.regex(TENANT))),
  graph: v.pipe(v.string(), v.url()),
  roles: v.pipe(v.array(v.object({ appId: v.string(), value: v.string() })), v.nonEmpty()),
});

/** @param file the name under which it will be saved. */
export function describeHandover(
  { identity, name, tenant, graphUrl, roles }: Handover,
  file: string,
): string {
  const block = {
    skep: 'handover 1',
    identity,
    ...(tenant === undefined ? {} : { tenant }),
    graph: graphUrl,
    roles: roles.map(({ appId, value }) => ({ appId, value })),
  };
  return `# App roles for Skep

Skep, a certificate authority for Microsoft Intune, runs with the managed identity **${(name ?? identity).replace(/[^\w .-]/g, '_')}** (id \`${identity}\`). It
needs these application permissions in ${tenant === undefined ? 'the tenant of Intune' : `tenant \`${tenant}\``}. All of them only read, or concern certificates alone.

| API | App role | What for |
| --- | --- | --- |
${roles.map(({ api, value, why }) => `| ${api} | \`${value}\` | ${why} |`).join('\n')}

Whoever grants them needs the Entra role Privileged Role Administrator or Global Administrator. Either way below does it;
both may be run twice.

## With skep

\`\`\`sh
skep setup --from ${quoteForShell(file)}
\`\`\`

It shows what it will do, and asks.

## With Azure CLI

In a POSIX shell; the Cloud Shell of the Azure portal (Bash) has all it takes. The roles are looked up by name in your tenant.

\`\`\`sh
${tenant === undefined ? 'az login --allow-no-subscriptions' : `az login --tenant ${tenant} --allow-no-subscriptions`}
identity=$(az ad sp show --id ${identity} --query id --output tsv)

grant() {
  api=$(az ad sp show --id "$1" --query id --output tsv)
  role=$(az ad sp show --id "$1" --query "appRoles[?value=='$2'].id | [0]" --output tsv)
  az rest --method POST --url "${graphUrl}/v1.0/servicePrincipals/$api/appRoleAssignedTo" \\
    --headers "Content-Type=application/json" --output none \\
    --body "{\\"principalId\\":\\"$identity\\",\\"resourceId\\":\\"$api\\",\\"appRoleId\\":\\"$role\\"}" && echo "granted: $2"
}

${roles.map(({ appId, value }) => `grant ${appId} ${value}`).join('\n')}
\`\`\`

"Permission being assigned already exists on the object" means that the role is there already.

## For skep

\`\`\`json
${JSON.stringify(block, undefined, 2)}
\`\`\`
`;
}

/**
 * Reads what `describeHandover` wrote. It went through other hands meanwhile: roles that Skep does not need are refused,
 * whoever asks for them.
 * @throws {CliError} with exit code 2
 */
export function readHandover(file: string): Handover {
  const text = readFile(file, '--from').toString('utf8');
  const json = /^```json\r?\n(.*?)^```/ms.exec(text)?.[1];
  const parsed = v.safeParse(Block, json === undefined ? undefined : parseJsonObject(json));
  if (!parsed.success)
    throw usageError(`${file} is no hand-over file.`, 'Ask for the file that `skep setup` wrote.');
  const { identity, tenant, graph: graphUrl, roles } = parsed.output;
  const known = listNeededRoles(true);
  return {
    identity,
    graphUrl,
    ...(tenant === undefined ? {} : { tenant }),
    roles: roles.map(({ appId, value }) => {
      const role = known.find((candidate) => candidate.appId === appId && candidate.value === value);
      if (role) return role;
      throw usageError(
        `${file} asks for ${value}, which Skep does not need.`,
        'Do not grant it. Ask who changed the file.',
      );
    }),
  };
}
