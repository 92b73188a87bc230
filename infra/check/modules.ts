/** @module Modules and parameter files: only parameters that are there, all that must be, of the right kind. */
import type { Fault } from './fault.js';
import { lineOf, walk, type Node } from './syntax.js';
import { properties, valueAt, type Module, type Parameter, type Template } from './template.js';
import { possibleValues } from './values.js';

/** @param templates by path within infra/. */
export function findModuleFaults(template: Template, templates: ReadonlyMap<string, Template>): Fault[] {
  const { file } = template;
  return template.modules.flatMap((module) => {
    const target = templates.get(module.path);
    if (!target) {
      const message = `${module.path} is no file of this folder; modules of registries cannot be checked`;
      return [{ code: 'module', file, line: module.line, message }];
    }
    return [...findParameterFaults(module, target, template), ...findOutputFaults(module, target, template)];
  });
}

function findParameterFaults(module: Module, target: Template, template: Template): Fault[] {
  const given = valueAt(module.body, 'params');
  const written = given ? properties(given) : [];
  const faults = written.flatMap(({ name, key, value }) => {
    const parameter = target.parameters.find((one) => one.name === name);
    return parameter
      ? mismatches(value, parameter, template)
      : [fault(template, key, `${module.path} has no parameter ${name}`)];
  });
  const names = new Set(written.map(({ name }) => name));
  const missing = target.parameters.filter(
    (one) => !one.default && !one.type.endsWith('?') && !names.has(one.name),
  );
  return [
    ...faults,
    ...missing.map(({ name }) => fault(template, module.node, `${module.path} wants ${name}`)),
  ];
}

function mismatches(value: Node, { name, type, allowed }: Parameter, template: Template): Fault[] {
  const wanted = type.endsWith('[]') ? 'array' : type;
  return possibleValues(value, template).flatMap(({ kind, literal, node }) => {
    if (kind === 'unknown') return [];
    if (['string', 'int', 'bool', 'array', 'object'].includes(wanted) && kind !== wanted)
      return [fault(template, node, `${name} is ${wanted}, not ${kind}`)];
    return allowed && literal !== undefined && !allowed.includes(literal)
      ? [fault(template, node, `${name} cannot be ${literal}`)]
      : [];
  });
}

/** What is imported from another file is declared there. */
export function findImportFaults(template: Template, templates: ReadonlyMap<string, Template>): Fault[] {
  return template.imports
    .filter(({ name, path }) => !templates.get(path)?.types.some((type) => type.name === name))
    .map(({ name, path, node }) => fault(template, node, `${path} exports no ${name}`));
}

/** `module.outputs.x` names an output that is there. */
function findOutputFaults({ name, path }: Module, target: Template, template: Template): Fault[] {
  const outputs = new Set(target.outputs.map((output) => output.name));
  return [...walk(template.root)]
    .filter(({ type }) => type === 'member_expression')
    .flatMap((node) => {
      const used = new RegExp(`^${name}!?\\.outputs\\.(\\w+)$`).exec(node.text)?.[1];
      return used && !outputs.has(used) ? [fault(template, node, `${path} has no output ${used}`)] : [];
    });
}

/** What a file of parameters (.bicepparam) sets. */
export function findParameterFileFaults(
  file: string,
  names: readonly { readonly name: string; readonly line: number }[],
  target: Template,
): Fault[] {
  return names
    .filter(({ name }) => !target.parameters.some((parameter) => parameter.name === name))
    .map(({ name, line }) => ({
      code: 'module',
      file,
      line,
      message: `${target.file} has no parameter ${name}`,
    }));
}

function fault({ file }: Template, node: Node, message: string): Fault {
  return { code: 'module', file, line: lineOf(node), message };
}
