/** @module Every name that is used is declared, every one that is declared is used, and functions are Bicep's. */
import type { Fault } from './fault.js';
import { lineOf, walk, type Node } from './syntax.js';
import type { Template } from './template.js';
import { isLoopVariable } from './values.js';

/** Bicep's functions that the templates use; another one is added here with its first use. */
const FUNCTIONS = new Set([
  ...['allowed', 'description', 'export', 'maxLength', 'maxValue', 'minLength', 'minValue', 'sealed'],
  ...['deployer', 'empty', 'environment', 'guid', 'replace', 'resourceGroup', 'startsWith'],
  ...['readEnvironmentVariable', 'subscriptionResourceId', 'tenant', 'union', 'uniqueString'],
]);

export function findNameFaults(template: Template): Fault[] {
  const { file } = template;
  const globals = [
    ...template.parameters,
    ...template.variables,
    ...template.types,
    ...template.imports,
    ...template.resources.filter(({ owner }) => !owner),
    ...template.modules,
  ];
  const declared = new Set(globals.map(({ name }) => name));
  const nested = new Set(template.resources.filter(({ owner }) => owner).map(({ name }) => name));
  const used = new Set<string>();
  const faults: Fault[] = [];
  for (const node of walk(template.root)) {
    if (node.type !== 'identifier') continue;
    const fault = (code: Fault['code'], message: string) =>
      faults.push({ code, file, line: lineOf(node), message });
    const field = fieldOf(node);
    if (field === 'function') {
      if (!FUNCTIONS.has(node.text)) fault('unknown-function', `there is no function ${node.text}`);
    } else if (field === 'resource') {
      if (!nested.has(node.text)) fault('undeclared', `no resource inside is called ${node.text}`);
    } else if (!isDeclaration(node) && !isLoopVariable(node)) {
      used.add(node.text);
      if (!declared.has(node.text)) fault('undeclared', `${node.text} is not declared`);
    }
  }
  // A resource or a module is there for its effect, an exported type for other files.
  const wanted = [...template.parameters, ...template.variables, ...template.imports];
  for (const { name, line } of wanted) {
    if (!used.has(name)) faults.push({ code: 'unused', file, line, message: `${name} is not used` });
  }
  return faults;
}

function fieldOf(node: Node): string | null {
  const { parent } = node;
  if (!parent) return null;
  const index = parent.children.findIndex((child) => child.id === node.id);
  return parent.fieldNameForChild(index);
}

/** Names where they are declared, keys of objects, and the variables of loops. */
function isDeclaration(node: Node): boolean {
  const { parent } = node;
  if (!parent) return false;
  const isFirst = parent.namedChildren.find(({ type }) => type === 'identifier')?.id === node.id;
  if (parent.type === 'import_functionality') return true;
  if (parent.type === 'object_property') return parent.namedChildren[0]?.id === node.id;
  return isFirst && (parent.type.endsWith('_declaration') || parent.type === 'target_scope_assignment');
}
