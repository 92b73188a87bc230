/** @module Least privilege: exactly the role assignments of roles.ts, in one file, each with its reason above it. */
import type { Fault } from './fault.js';
import { lineOf, walk, type Node } from './syntax.js';
import { properties, stringLiteral, valueAt, type Resource, type Template } from './template.js';
import { ASSIGNMENTS, ROLE_IDS } from './roles.js';

export const ROLES_FILE = 'modules/roles.bicep';
const ROLE_ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';
const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

export function findRoleFaults(templates: readonly Template[]): Fault[] {
  return templates.flatMap((template) => {
    const assignments = template.resources.filter(({ type }) => type === ROLE_ASSIGNMENT);
    if (template.file !== ROLES_FILE)
      return assignments.map(({ node }) => fault(template, node, `role assignments stand in ${ROLES_FILE}`));
    return [
      ...tableFaults(template),
      ...assignments.flatMap((resource) => assignmentFaults(template, resource)),
      ...Object.keys(ASSIGNMENTS)
        .filter((name) => !assignments.some((one) => one.name === name))
        .map((name) => fault(template, template.root, `the assignment ${name} is missing`)),
    ];
  });
}

/** Names and ids of the table are those of Azure; ids stand nowhere else. */
function tableFaults(template: Template): Fault[] {
  const table = template.variables.find(({ name }) => name === 'roleIds');
  if (!table) return [fault(template, template.root, 'there is no table roleIds')];
  const wrong = properties(table.value)
    .filter(({ name, value }) => !ROLE_IDS[name] || ROLE_IDS[name] !== stringLiteral(value))
    .map(({ name, key }) => fault(template, key, `${name} has another id, or may not be assigned`));
  const inTable = new Set([...walk(table.value)].map(({ id }) => id));
  const strays = [...walk(template.root)].filter(
    (node) => node.type === 'string_content' && GUID.test(node.text) && !inTable.has(node.id),
  );
  return [...wrong, ...strays.map((node) => fault(template, node, 'ids of roles stand in roleIds only'))];
}

function assignmentFaults(template: Template, { name, node, body, condition }: Resource): Fault[] {
  const wanted = ASSIGNMENTS[name];
  if (!wanted) return [fault(template, node, `nobody asked for the assignment ${name}`)];
  const faults: Fault[] = [];
  const role = /roleIds\['([^']+)'\]/.exec(valueAt(body, 'properties', 'roleDefinitionId')?.text ?? '')?.[1];
  if (role !== wanted.role) faults.push(fault(template, node, `${name} is for ${wanted.role}`));
  if (valueAt(body, 'scope')?.text !== wanted.scope)
    faults.push(fault(template, node, `${name} is for ${wanted.scope} alone`));
  if (condition?.replace(/^\(|\)$/g, '') !== wanted.condition)
    faults.push(fault(template, node, `${name} depends on ${wanted.condition ?? 'nothing'}`));
  if (node.previousNamedSibling?.type !== 'comment')
    faults.push(fault(template, node, `${name} has no reason above it`));
  return faults;
}

function fault({ file }: Template, node: Node, message: string): Fault {
  return { code: 'policy', file, line: lineOf(node), message };
}
